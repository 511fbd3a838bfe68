import type { Environment, Sender } from './call.ts'
import { missingLoader } from './complaint.ts'
import { Deadlines } from './deadline.ts'
import { callEvents, type ReadEvents } from './event-calls.ts'
import { type AnswerHttp, answerHttp, type HttpOptions } from './http.ts'
import { initializeAll } from './initializer.ts'
import type { Input } from './input.ts'
import type { LayerStack } from './layer-stack.ts'
import type { Loaders, Manifest } from './manifest.ts'
import { isRaw, LiveMember } from './member.ts'
import { callRaw } from './raw.ts'
import { askHealth, closeLayers, type Health } from './shutdown.ts'

export interface AppOptions extends HttpOptions {
  readonly env: Environment
  /** Of `ctx.send`; absent where the platform has none. */
  readonly send?: Sender
}

/** What a platform's half calls. */
export interface App {
  /** Present when the only function of the artifact is raw: it gets everything, and nothing is looked at. */
  readonly raw: ((input: Input) => Promise<unknown>) | undefined
  /**
   * The answer as `send` writes it. Rejects for a raw handler only, whose value is passed on untouched, and with what
   * `send` throws when not even a failure can be sent.
   */
  readonly http: AnswerHttp
  /** Rejects with the handler's error, so that the platform counts the call as failed. */
  event(read: ReadEvents): Promise<unknown>
  /** For a platform that initializes before the first call. Rejects when the artifact's only function fails. */
  initialize(input: Input): Promise<void>
  /** For a platform that says when the process ends: what the layers do before that. Never rejects. */
  close(): Promise<void>
  health(): Promise<Health>
}

/** Makes an artifact's functions callable. They begin to load at once; the first call waits for its own one. */
export function createApp(manifest: Manifest, loaders: Loaders, options: AppOptions): App {
  const shared = {
    manifest,
    env: options.env,
    send: options.send,
    deadlines: new Deadlines(Math.min(...manifest.members.map(({ timeoutSec }) => timeoutSec))),
  }
  const members = manifest.members.map((member) => {
    const loader = loaders[member.name]
    if (!loader) throw missingLoader(manifest.function, member.name)
    return new LiveMember(member, loader, shared)
  })
  for (const member of members) member.load()
  const only = members.length === 1 ? members[0] : undefined
  return {
    raw: only && isRaw(only) ? (input) => callRaw(only, input, 'event') : undefined,
    http: answerHttp(members, options),
    event: (read) => callEvents(read, { manifest, members }),
    initialize: (input) => initializeAll(members, input),
    close: () => closeLayers(stacksOf(members)),
    health: () => askHealth(stacksOf(members)),
  }
}

function stacksOf(members: readonly LiveMember[]): LayerStack[] {
  return members.flatMap(({ layers }) => (layers ? [layers] : []))
}
