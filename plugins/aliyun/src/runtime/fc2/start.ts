import { type App, createApp, isShape, type Start } from '@anyfaas/runtime'
import { answer, FcCall, parseEvent } from '../call.ts'
import { isGateway, toEnvelope } from '../envelope.ts'
import { readFcEvents } from '../events.ts'
import { gatewayRequest } from '../gateway.ts'
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
    preStop: (_context: unknown, callback?: unknown) => answer(app.close(), callback),
  }
}

function respond(app: App, input: StreamHttp, response: FcResponse): Promise<unknown> {
  return app.raw ? app.raw(input) : app.http(input, (reply) => sendReply(reply, response))
}

function invoke(app: App, event: unknown, context: unknown): Promise<unknown> {
  const call = new FcCall(event, context)
  if (app.raw) return app.raw(call)
  const parsed = parseEvent(event)
  if (!isShape(parsed) || !isGateway(parsed)) return app.event((reading) => readFcEvents(parsed, call, reading))
  return app.http(gatewayRequest(call, parsed), toEnvelope)
}
