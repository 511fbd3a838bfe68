import { type App, createApp, type HttpInput, isShape, type Start } from '@anyfaas/runtime'
import { answer, FcCall, parseEvent } from '../call.ts'
import { isGateway, toEnvelope } from '../envelope.ts'
import { readFcEvents } from '../events.ts'
import { gatewayRequest } from '../gateway.ts'
import { isTriggerHttp, TriggerHttp } from './http.ts'

/** Function Compute 3.0: `handler(event, context, callback)` and `initializer(context, callback)`; events are bytes. */
export const start: Start = (manifest, loaders) => {
  const app = createApp(manifest, loaders, { env: process.env, development: process.env['NODE_ENV'] === 'development' })
  return {
    handler: (event: unknown, context: unknown, callback?: unknown) => answer(invoke(app, event, context), callback),
    initializer: (context: unknown, callback?: unknown) =>
      answer(app.initialize(new FcCall(undefined, context)), callback),
    preStop: (_context: unknown, callback?: unknown) => answer(app.close(), callback),
  }
}

function invoke(app: App, event: unknown, context: unknown): Promise<unknown> {
  const call = new FcCall(event, context)
  if (app.raw) return app.raw(call)
  const parsed = parseEvent(event)
  const request = requestOf(parsed, call)
  return request ? app.http(request, toEnvelope) : app.event((reading) => readFcEvents(parsed, call, reading))
}

function requestOf(event: unknown, call: FcCall): HttpInput | undefined {
  if (!isShape(event)) return undefined
  if (isTriggerHttp(event)) return new TriggerHttp(call, event)
  return isGateway(event) ? gatewayRequest(call, event) : undefined
}
