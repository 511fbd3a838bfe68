import { createApp, type EventInput, encodeBody, type HttpReply, type Start, timerData } from '@anyfaas/runtime'
import { TemplateCall, TemplateRequest } from './call.ts'
import type { PlatformContext, PlatformEvent, RequestReply } from './events.ts'

/** The platform's calling convention: `handler(event, context)` with a promise. This ships in artifacts. */
export const start: Start = (manifest, loaders) => {
  const app = createApp(manifest, loaders, { env: process.env, development: process.env['NODE_ENV'] === 'development' })
  const handler = async (event: PlatformEvent, context: PlatformContext): Promise<unknown> => {
    if (app.raw) return await app.raw(new TemplateCall(event, context))
    if (event.type === 'http') return await app.http(new TemplateRequest(event, context), toReply)
    return await app.event(() => [readEvent(event, context)])
  }
  return { handler }
}

function readEvent(event: Exclude<PlatformEvent, { type: 'http' }>, context: PlatformContext): EventInput {
  const { args, requestId, remainingMs } = new TemplateCall(event, context)
  const call = { args, event, context, requestId, remainingMs }
  if (event.type === 'call') return { ...call, kind: 'event', data: event.data }
  const { trigger, time, payload } = event
  return { ...call, kind: 'timer', trigger, time, data: timerData(trigger, time, payload) }
}

function toReply(reply: HttpReply): RequestReply {
  return { status: reply.status, headers: reply.headers, ...encodeBody(reply) }
}
