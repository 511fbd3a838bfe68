import { type App, createApp, isShape, readEvent, type Start } from '@anyfaas/runtime'
import { answer, FcCall, parseEvent } from '../call.ts'
import { events } from '../events.ts'
import { GatewayHttp, isGateway, toEnvelope } from '../gateway.ts'
import { type FcResponse, isStreamHttp, StreamHttp, sendReply } from './http.ts'

/**
 * Function Compute 2.0: `handler(req, resp, context)` for HTTP triggers, `handler(event, context, callback)` for the
 * rest, where events are bytes, and `initializer(context, callback)`.
 */
export const start: Start = (manifest, loaders) => {
  const app = createApp(manifest, loaders, { env: process.env, development: process.env['NODE_ENV'] === 'development' })
  return {
    handler: (first: unknown, second: unknown, third: unknown) => {
      if (!isStreamHttp(first, second)) return answer(invoke(app, first, second), third)
      return respond(app, new StreamHttp(first, second, third), second as FcResponse)
    },
    initializer: (context: unknown, callback?: unknown) =>
      answer(app.initialize(new FcCall(undefined, context)), callback),
  }
}

async function respond(app: App, input: StreamHttp, response: FcResponse): Promise<unknown> {
  if (app.raw) return app.raw(input)
  const reply = await app.http(input)
  if (reply.kind === 'raw') return reply.value
  sendReply(reply, response)
  return undefined
}

async function invoke(app: App, event: unknown, context: unknown): Promise<unknown> {
  const call = new FcCall(event, context)
  if (app.raw) return app.raw(call)
  const parsed = parseEvent(event)
  if (!isShape(parsed) || !isGateway(parsed)) return app.event(readEvent(events, parsed, call))
  const reply = await app.http(new GatewayHttp(call, parsed))
  return reply.kind === 'raw' ? reply.value : toEnvelope(reply)
}
