import type { TriggerKind } from '@anyfaas/kit'
import type { Health } from '@anyfaas/runtime'

/** The local platform's own event: what its gateway and its clock hand to an entry. */
export type LocalEvent = LocalHttpEvent | LocalTriggerEvent

export interface LocalHttpEvent {
  readonly kind: 'http'
  readonly method: string
  /** Path and query as the client sent them. */
  readonly url: string
  /** In the order of arrival, names as sent, repeated ones repeated. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: Uint8Array
  readonly ip: string
}

export interface LocalTriggerEvent {
  readonly kind: Exclude<TriggerKind, 'http'>
  readonly id: string
  /** The deployed name of the trigger. */
  readonly trigger?: string
  /** ISO 8601, UTC. */
  readonly time: string
  /** https://www.w3.org/TR/trace-context/, where somebody follows the call. */
  readonly traceparent?: string
  /** A timer's payload; for every other kind the data in the shape that it has on every platform. */
  readonly data: unknown
}

export interface LocalContext {
  readonly requestId: string
  readonly service: string
  readonly stage: string
  readonly function: string
  readonly memoryMb: number
  /** Milliseconds since 1970, UTC, at which the platform gives up. */
  readonly deadline: number
  /** Aborted when the client has gone or the platform has given up. */
  readonly signal?: AbortSignal
}

export type LocalReply = LocalHttpReply | LocalValueReply

export interface LocalHttpReply {
  readonly kind: 'http'
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array | string | AsyncIterable<Uint8Array> | null
}

export interface LocalValueReply {
  readonly kind: 'value'
  readonly value: unknown
}

/** What an entry built with the local platform's runtime exports as `handler`. Rejects when an event's handler failed. */
export type LocalHandler = (event: LocalEvent, context: LocalContext) => Promise<LocalReply>

/** What an entry built with the local platform's runtime exports. */
export interface LocalEntry {
  readonly handler: LocalHandler
  /**
   * Opens the modules and runs the initializers. The platform awaits it when it starts a process, so that a deploy
   * tells what does not load. Rejects when the artifact's only function fails; an aggregate's members fail alone.
   */
  readonly initializer?: (context: LocalContext) => Promise<void>
  /** What the function's layers do before the process ends. The platform gives it a moment. */
  readonly preStop?: () => Promise<void>
  /** What the function's layers say of how they are. */
  readonly health?: () => Promise<Health>
}
