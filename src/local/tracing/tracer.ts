import type { IncomingMessage, ServerResponse } from 'node:http'

/** Tells a collector what becomes of the calls of one service. There is none unless an endpoint is set. */
export interface Tracer {
  /** Around the call that answers a request. What the function gets as `traceparent` names the span of its call. */
  request(asked: TracedRequest, work: () => Promise<void>): Promise<void>
  /** Around a call that nobody sent over HTTP; `work` gets the `traceparent` for its event. */
  event<T>(asked: TracedEvent, work: (traceparent: string) => Promise<T>): Promise<T>
}

export interface TracedRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The function's name. */
  readonly name: string
  /** The path of its route, where one led to it. */
  readonly route?: string
  /** Why the platform answered in the function's stead. */
  readonly failure: () => string | undefined
}

export interface TracedEvent {
  readonly name: string
  readonly kind: string
  readonly trigger?: string
}

/** Makes the tracers of services, and sends what they tell. */
export interface Tracing {
  of(service: string, stage: string): Tracer
  /** Sends what is left. */
  close(): Promise<void>
}
