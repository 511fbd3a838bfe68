import { resolve } from 'node:path'
import { type CallInfo, type Emulator, importModule, type PlatformCall, type TriggerKind } from '@anyfaas/kit'
import { kindNamed } from '../config/aliases.ts'
import { localProvider } from '../local/provider.ts'
import { chooseTarget, loadProvider } from '../providers/load.ts'
import type { ActionIo } from './io.ts'
import { misuse } from './project.ts'

export interface EventOptions {
  readonly provider: string
  /** A kind of trigger, or the name that a vendor has for it. */
  readonly kind: string
  readonly edition?: string
  /** The folder in which other providers are looked for. */
  readonly dir?: string
  /** The body of a request, or the payload of a timer. */
  readonly data?: string
  readonly method?: string
  readonly path?: string
}

export interface EventResult {
  readonly provider: string
  readonly kind: TriggerKind
  /** JSON. */
  readonly event: unknown
}

/** A platform's own event of a kind, as it calls a function there. Throws SLS0002 when the platform has none of that kind. */
export async function makeEvent(options: EventOptions, io: ActionIo): Promise<EventResult> {
  const { runtimeOf } = await import('./runtime-door.ts')
  const dir = resolve(io.cwd, options.dir ?? '.')
  const provider = await loadProvider(options.provider, { dir, plugins: [], embedded: [localProvider] })
  const target = chooseTarget(provider, options.edition)
  const door = runtimeOf({ provider, target })
  const { emulator } = (await importModule(door.emulator.href)) as { readonly emulator: Emulator }
  const kind = kindNamed(options.kind)
  const known = kindsOf(emulator)
  if (!known.includes(kind))
    throw misuse(`${provider.title} sends no event "${options.kind}"`, `it sends ${known.join(', ')}`)
  const info = { ...INFO, time: Date.now(), region: target.facts.defaultRegion }
  const sample = emulator.samples?.[kind as TriggerKind]
  const event = MADE.includes(kind) ? emulator.event(callOf(kind as TriggerKind, options, sample), info) : sample
  return { provider: provider.name, kind: kind as TriggerKind, event: JSON.parse(JSON.stringify(event)) }
}

/** The kinds of events that a platform sends. */
export function kindsOf(emulator: Emulator): readonly string[] {
  return [...new Set([...MADE, ...Object.keys(emulator.samples ?? {})])]
}

// Made for the call at hand; every other kind is a sample.
const MADE: readonly string[] = ['http', 'timer', 'event'] satisfies TriggerKind[]

const INFO: Omit<CallInfo, 'time' | 'region'> = {
  service: 'shop',
  function: 'hello',
  stage: 'dev',
  requestId: '6f1c2b0e-0000-4000-8000-000000000001',
  timeoutSec: 3,
  memoryMb: 512,
}

function callOf(kind: TriggerKind, { data, method, path }: EventOptions, sample: unknown): PlatformCall {
  if (kind !== 'http') return { kind, data: data === undefined ? sample : readJson(data), trigger: 'nightly' }
  return {
    kind,
    method: (method ?? (data === undefined ? 'GET' : 'POST')).toUpperCase(),
    url: path ?? '/hello?name=Ada',
    headers: [['accept', '*/*'], ...(data === undefined ? [] : [['content-type', 'application/json'] as const])],
    ...(data !== undefined && { body: new TextEncoder().encode(data) }),
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: it is text.
    return text
  }
}
