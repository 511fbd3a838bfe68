import { readCloudEvent } from './binding.ts'
import type { CloudEvent } from './cloud-event.ts'
import type { Context } from './context.ts'
import type { Exported } from './exports.ts'
import { callExpress } from './express.ts'
import { toRequest } from './fetch.ts'
import type { HttpContext } from './http-context.ts'
import type { Member, Signature } from './manifest.ts'

/** A user's function behind one calling convention. What it returns is the body of the answer, or the event's result. */
export interface Handler {
  readonly http: (ctx: HttpContext) => unknown
  readonly event: (ctx: Context, event: CloudEvent) => unknown
}

/** A raw handler is called with the platform's own arguments instead; see `callEitherWay`. */
export function makeHandler(exported: Exported, member: Member): Handler {
  return signatures[member.signature](exported, member)
}

type Make = (exported: Exported, member: Member) => Handler

const signatures: Readonly<Record<Signature, Make>> = {
  context: ({ run, owner }) => ({
    http: (ctx) => run.call(owner, ctx),
    event: (ctx, event) => run.call(owner, ctx, event),
  }),
  cloudevent: ({ run, owner }) => ({
    http: (ctx) => run.call(owner, readCloudEvent(ctx.request), ctx),
    event: (ctx, event) => run.call(owner, event, ctx),
  }),
  fetch: ({ run, owner }, member) => ({
    http: (ctx) => run.call(owner, toRequest(ctx), ctx),
    event: refuseEvents(member),
  }),
  express: (exported, member) => ({
    http: (ctx) => callExpress(exported, ctx),
    event: refuseEvents(member),
  }),
  raw: (_, member) => {
    throw new Error(`function "${member.name}" is raw and has no converted form`)
  },
}

function refuseEvents(member: Member): Handler['event'] {
  return (ctx) => {
    const { name, signature } = member
    throw new Error(
      `function "${name}" has the signature "${signature}", which takes HTTP requests only, and got an event of kind "${ctx.trigger.kind}"`,
    )
  }
}
