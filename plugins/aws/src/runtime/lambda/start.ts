import { type App, createApp, hasLayers, isShape, orReject, type Shape, type Start } from '@anyfaas/runtime'
import { LambdaCall } from './call.ts'
import { readLambdaEvents } from './events.ts'
import { closeAtEnd } from './extension.ts'
import { requestV1, toV1 } from './http-v1.ts'
import { HttpV2, isHttpV2, toV2 } from './http-v2.ts'
import { streamed } from './response-stream.ts'

/** AWS Lambda: `handler(event, context)` with a promise. */
export const start: Start = (manifest, loaders) => {
  const app = createApp(manifest, loaders, { env: process.env, development: process.env['NODE_ENV'] === 'development' })
  if (hasLayers(loaders)) closeAtEnd(app)
  // Two parameters, never three: the runtime of Node.js 24 refuses handlers that could take a callback.
  const handler = (event: unknown, context: unknown) => orReject(() => invoke(app, event, context))
  return { handler: manifest.streaming ? streamed(app, handler) : handler }
}

function invoke(app: App, event: unknown, context: unknown): Promise<unknown> {
  if (app.raw) return app.raw(new LambdaCall(event, context))
  // The question of a gateway to an authorizer looks like a request in all but this.
  if (isShape(event) && event['type'] !== 'REQUEST') {
    if (isHttpV2(event)) return app.http(new HttpV2(event, context), toV2)
    if (isHttpV1(event)) return app.http(requestV1(event, context), (reply) => toV1(reply, event))
  }
  return app.event((reading) => readLambdaEvents(new LambdaCall(event, context), reading))
}

function isHttpV1(event: Shape): boolean {
  return (
    typeof event['httpMethod'] === 'string' && typeof event['path'] === 'string' && isShape(event['requestContext'])
  )
}
