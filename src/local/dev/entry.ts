import { close, open, url } from 'node:inspector'
import { createServer } from 'node:net'
import type { Answer, CallInfo, Emulator, Entry, PlatformCall } from '@anyfaas/kit'
import type { Loader, Loaders, Start } from '@anyfaas/runtime'
import { develop } from '../develops.ts'
import type { LocalContext, LocalEntry, LocalEvent, LocalReply } from '../runtime/protocol.ts'
import { openModule } from '../worker/module.ts'
import type { DevJob } from './job.ts'

/** A function that runs from its own files, as the local platform calls it. With an emulator it sees that platform's events. */
export function openEntry(job: DevJob): LocalEntry {
  const made = openCode(job)
  return {
    // Once for all: the modules open and the initializers run before the first call.
    initializer: async (context) => {
      if (job.debugPort !== undefined) listen(job.debugPort)
      await (await made).initializer?.(context)
    },
    handler: async (event, context) => await (await made).handler(event, context),
    preStop: async () => {
      // A debugger that stays attached would keep the process, and its port.
      if (url() !== undefined) close()
      await (await made).preStop?.()
    },
  }
}

async function openCode({ launch, emulator, region }: DevJob): Promise<LocalEntry> {
  develop()
  const { start } = (await openModule(launch.runtime)) as { readonly start: Start }
  const entry = start(launch.manifest, loadersOf(launch))
  if (emulator === undefined) return entry as unknown as LocalEntry
  const played = (await openModule(emulator)) as { readonly emulator: Emulator }
  return through(played.emulator, entry as unknown as Entry, { launch, region })
}

// The way of a request through another platform: its event, its calling convention, its answer.
function through(emulator: Emulator, entry: Entry, place: Pick<DevJob, 'launch' | 'region'>): LocalEntry {
  return {
    // A platform opens the code at the first call, which comes too late to tell what does not load.
    initializer: async () => {
      const { modules } = place.launch
      await Promise.all(Object.values(modules).flatMap((module) => Object.values(module).map(openModule)))
    },
    handler: async (event, context) =>
      replyOf(await emulator.call(entry, callOf(event), infoOf(context, place.region)), event),
  }
}

function callOf(event: LocalEvent): PlatformCall {
  if (event.kind !== 'http') {
    const { kind, trigger, data } = event
    return { kind, data, ...(trigger !== undefined && { trigger }) }
  }
  const { method, url: path, headers, body } = event
  return { kind: 'http', method, url: path, headers, ...(body && { body }) }
}

function infoOf(context: LocalContext, region: string): CallInfo {
  const { service, stage, function: name, requestId, memoryMb, deadline } = context
  const now = Date.now()
  const timeoutSec = Math.max(1, Math.ceil((deadline - now) / 1000))
  return { service, stage, function: name, requestId, memoryMb, time: now, timeoutSec, region }
}

function replyOf(answer: Answer, event: LocalEvent): LocalReply {
  if (answer.kind === 'value' && event.kind === 'http')
    throw new Error('the function answered a request with something else than a reply')
  return answer
}

function loadersOf({ modules }: DevJob['launch']): Loaders {
  const pairs = Object.entries(modules).map(([member, { handler, initializer }]): [string, Loader] => [
    member,
    {
      handler: () => openModule(handler),
      ...(initializer !== undefined && { initializer: () => openModule(initializer) }),
    },
  ])
  return Object.fromEntries(pairs)
}

const BUSY_MS = 50

// The version before holds the port until its last call is answered, and another process's port tells nobody when it is free.
function listen(port: number): void {
  const probe = createServer()
  probe.once('error', () => setTimeout(() => listen(port), BUSY_MS).unref())
  probe.listen(port, '127.0.0.1', () => probe.close(() => open(port, '127.0.0.1')))
  probe.unref()
}
