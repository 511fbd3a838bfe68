import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerCall } from './call.ts'

/** What a server of its own does with what a platform sends to it. */
export interface ServerHandlers {
  /** Requests of clients. An application of Express or `app.callback()` of Koa is one. */
  readonly request?: (request: IncomingMessage, response: ServerResponse, call: ServerCall) => unknown
  /** Events: JSON as a value, else text; a CloudEvent on the local platform. What it returns is the event's result. */
  readonly event?: (event: unknown, call: ServerCall) => unknown
  /** Run once before the first call, on every platform. */
  readonly initialize?: (call: ServerCall) => unknown
  /** Run once before the process ends. */
  readonly stop?: () => unknown
}
