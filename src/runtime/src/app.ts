import { Call, type Environment } from './call.ts'
import type { CloudEvent } from './cloud-event.ts'
import { Context } from './context.ts'
import { Deadlines } from './deadline.ts'
import { asError } from './error.ts'
import { callEvents, type EventHost, type EventResult } from './event-calls.ts'
import { HttpCalls, type HttpOptions } from './http.ts'
import type { EventInput, HttpInput, HttpReply, Input } from './input.ts'
import type { Loaders, Manifest } from './manifest.ts'
import { LiveMember } from './member.ts'
import { callRaw, isRaw } from './raw.ts'

export interface AppOptions extends HttpOptions {
  readonly env: Environment
}

/** What a platform's half calls. */
export interface App {
  /** Present when the only function of the artifact is raw: it gets everything, and nothing is looked at. */
  readonly raw: ((input: Input) => Promise<unknown>) | undefined
  /** The answer as `send` writes it. Never rejects, except for a raw handler, whose value is passed on untouched. */
  http<T>(input: HttpInput, send: (reply: HttpReply) => T): Promise<unknown>
  /** Rejects with the handler's error, so that the platform counts the call as failed. */
  event(read: () => readonly EventInput[]): Promise<unknown>
  /** Whether a function of the artifact has triggers of a kind. */
  declares(kind: string): boolean
  /** For a platform that initializes before the first call. Rejects when the artifact's only function fails. */
  initialize(input: Input): Promise<void>
}

/** Makes an artifact's functions callable. They begin to load at once; the first call waits for its own one. */
export function createApp(manifest: Manifest, loaders: Loaders, options: AppOptions): App {
  const shared = {
    manifest,
    env: options.env,
    deadlines: new Deadlines(Math.min(...manifest.members.map(({ timeoutSec }) => timeoutSec))),
  }
  const members = manifest.members.map((member) => {
    const loader = loaders[member.name]
    if (!loader)
      throw new Error(`the entry of function "${manifest.function}" has no loader for its member "${member.name}"`)
    return new LiveMember(member, loader, shared)
  })
  for (const member of members) member.load()
  const host: EventHost = {
    manifest,
    members,
    run: runEvent,
    raw: (member, input) => callRaw(member, input, input.kind),
  }
  const http = new HttpCalls(members, options)
  const only = members.length === 1 ? members[0] : undefined
  return {
    raw: only && isRaw(only) ? (input) => callRaw(only, input, 'event') : undefined,
    http: (input, send) => http.call(input, send),
    event: (read) => callEvents(read, host),
    declares: (kind) => members.some((member) => member.scope.member.triggers.some((trigger) => trigger.kind === kind)),
    initialize: (input) => initialize(members, input),
  }
}

async function runEvent(member: LiveMember, input: EventInput, event: CloudEvent): Promise<EventResult> {
  const call = new Call(member.scope, input, { kind: input.kind, ...(input.trigger && { name: input.trigger }) })
  try {
    const ready = member.ready ?? (await call.guard(member.prepare(input), 'still initializing'))
    const value = await call.guard(Promise.resolve(ready.handler?.event(new Context(call), event)))
    if (call.isWaiting) await call.settle()
    return { value, failed: call.failed }
  } catch (thrown) {
    call.logFailure(thrown)
    if (call.isWaiting) await call.settle()
    throw asError(thrown)
  }
}

async function initialize(members: readonly LiveMember[], input: Input): Promise<void> {
  const results = await Promise.allSettled(members.map((member) => member.prepare(input)))
  results.forEach((result, index) => {
    if (result.status === 'fulfilled') return
    // In an aggregate the others can still work; the member's own calls try again and report.
    if (members.length === 1) throw asError(result.reason)
    new Call((members[index] as LiveMember).scope, input, { kind: 'initialize' }).logFailure(result.reason)
  })
}
