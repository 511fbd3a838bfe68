import { Call, type Environment } from './call.ts'
import { makeCloudEvent } from './cloud-event.ts'
import { Context } from './context.ts'
import { Deadlines } from './deadline.ts'
import { Dispatcher } from './dispatch.ts'
import { asError } from './error.ts'
import { HttpCalls, type HttpOptions } from './http.ts'
import type { EventInput, HttpInput, HttpReply, Input, RawReply } from './input.ts'
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
  /** Never rejects, except for a raw handler. */
  http(input: HttpInput): Promise<HttpReply | RawReply>
  /** Rejects with the handler's error, so that the platform counts the call as failed. */
  event(input: EventInput): Promise<unknown>
  /** For a platform that initializes before the first call. Rejects when the artifact's only function fails. */
  initialize(input: Input): Promise<void>
}

/** Makes an artifact's functions callable. They begin to load at once; the first call waits for its own one. */
export function createApp(manifest: Manifest, loaders: Loaders, options: AppOptions): App {
  const shared = { manifest, env: options.env, deadlines: new Deadlines() }
  const members = manifest.members.map((member) => {
    const loader = loaders[member.name]
    if (!loader)
      throw new Error(`the entry of function "${manifest.function}" has no loader for its member "${member.name}"`)
    return new LiveMember(member, loader, shared)
  })
  for (const member of members) member.load()
  const dispatcher = new Dispatcher(members, manifest.function)
  const http = new HttpCalls(members, options)
  const only = members.length === 1 ? members[0] : undefined
  return {
    raw: only && isRaw(only) ? (input) => callRaw(only, input, 'event') : undefined,
    http: (input) => http.call(input),
    event: (input) => callEvent(dispatcher, input),
    initialize: (input) => initialize(members, input),
  }
}

async function callEvent(dispatcher: Dispatcher, input: EventInput): Promise<unknown> {
  const member = dispatcher.find(input.kind, input.trigger)
  if (isRaw(member)) return callRaw(member, input, input.kind)
  const call = new Call(member.scope, input, { kind: input.kind, ...(input.trigger && { name: input.trigger }) })
  try {
    const ready = member.ready ?? (await call.guard(member.prepare(input), 'still initializing'))
    const { manifest, member: spec } = member.scope
    const event = makeCloudEvent(input, spec.name, manifest)
    const result = await call.guard(Promise.resolve(ready.handler?.event(new Context(call), event)))
    if (call.isWaiting) await call.settle()
    return result
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
