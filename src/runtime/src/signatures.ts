import { readCloudEvent } from './binding.ts'
import type { CloudEvent } from './cloud-event.ts'
import type { Context } from './context.ts'
import type { Exported } from './exports.ts'
import { callExpress } from './express.ts'
import { toRequest } from './fetch.ts'
import type { HttpContext } from './http-context.ts'
import type { Member } from './manifest.ts'

interface Calls {
  readonly http: (ctx: HttpContext) => unknown
  readonly event: (ctx: Context, event: CloudEvent) => unknown
}

/** A handler of every signature but the common one. */
export function makeOther(exported: Exported, member: Member): Calls {
  const { run, owner } = exported
  if (member.signature === 'fetch')
    return { http: (ctx) => run.call(owner, toRequest(ctx), ctx), event: refuseEvents(member) }
  if (member.signature === 'express') return { http: (ctx) => callExpress(exported, ctx), event: refuseEvents(member) }
  if (member.signature === 'cloudevent')
    return {
      http: (ctx) => run.call(owner, readCloudEvent(ctx.request), ctx),
      event: (ctx, event) => run.call(owner, event, ctx),
    }
  throw new Error(`function "${member.name}" is raw and has no converted form`)
}

function refuseEvents({ name, signature }: Member): Calls['event'] {
  return (ctx) => {
    throw new Error(
      `function "${name}" has the signature "${signature}", which takes HTTP requests only, and got an event of kind "${ctx.trigger.kind}"`,
    )
  }
}
