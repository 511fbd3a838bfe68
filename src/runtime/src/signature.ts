import type { CloudEvent } from './cloud-event.ts'
import type { Context } from './context.ts'
import type { Exported } from './exports.ts'
import type { HttpContext } from './http-context.ts'
import type { Member } from './manifest.ts'
import { makeOther } from './signatures.ts'

/** A user's function behind one calling convention. What it returns is the body of the answer, or the event's result. */
export interface Handler {
  readonly http: (ctx: HttpContext) => unknown
  readonly event: (ctx: Context, event: CloudEvent) => unknown
}

/** A raw handler is called with the platform's own arguments instead; see `callEitherWay`. */
export function makeHandler(exported: Exported, member: Member): Handler {
  if (member.signature !== 'context') return makeOther(exported, member)
  const { run, owner } = exported
  return {
    http: (ctx) => run.call(owner, ctx),
    event: (ctx, event) => run.call(owner, ctx, event),
  }
}
