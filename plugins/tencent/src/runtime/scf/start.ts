import { type App, createApp, isShape, orReject, type Start } from '@anyfaas/runtime'
import { ScfCall } from './call.ts'
import { readScfEvents } from './events.ts'
import { isHttp, ScfHttp, toReply } from './http.ts'

/** Tencent SCF: `handler(event, context)` with a promise. */
export const start: Start = (manifest, loaders) => {
  const app = createApp(manifest, loaders, { env: process.env, development: process.env['NODE_ENV'] === 'development' })
  return { handler: (event: unknown, context: unknown) => orReject(() => invoke(app, event, context)) }
}

function invoke(app: App, event: unknown, context: unknown): Promise<unknown> {
  // Else an open database connection holds the answer back until the function's time is up.
  if (isShape(context)) Reflect.set(context, 'callbackWaitsForEmptyEventLoop', false)
  if (app.raw) return app.raw(new ScfCall(event, context))
  if (!isShape(event) || !isHttp(event))
    return app.event((reading) => readScfEvents(new ScfCall(event, context), reading))
  return app.http(new ScfHttp(event, context), toReply)
}
