import type { Logger } from './logger.ts'

/**
 * One call as a platform's converter hands it over. Implementations are classes with getters:
 * nothing is parsed before somebody asks for it.
 */
export interface Input {
  /** What the platform called the entry with; a raw handler gets exactly these. */
  readonly args: readonly unknown[]
  readonly event: unknown
  readonly context: unknown
  readonly requestId: string
  /** Milliseconds until the platform gives up; undefined where it does not say. */
  readonly remainingMs: number | undefined
  /** Absent where the platform has none of its own. */
  readonly logger?: Logger | undefined
  /** Aborted when nobody waits for the call any more, where the platform tells. */
  readonly signal?: AbortSignal | undefined
}

export interface HttpInput extends Input {
  /** Upper case. */
  readonly method: string
  /** As the client sent it: percent-encoded, starts with `/`, no query. */
  readonly path: string
  /** As the client sent it, without the `?`. */
  readonly query: string
  /** Lower-case names; a repeated header is joined by commas, cookies by `; `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
  readonly ip: string
  /** True when the answer's body may go out in pieces; it is read to its end before where not. */
  readonly streaming?: boolean
  /** Reads the body, where the platform sends it as a stream. Awaited before any handler but a raw one. */
  load?(): Promise<void>
}

export interface EventInput extends Input {
  /** A trigger kind of the service file, such as `timer`; `event` for what no trigger of the platform sent. */
  readonly kind: string
  /** The deployed name of the trigger, where the event bears one. */
  readonly trigger?: string | undefined
  /** The platform's id of the event; the request's id where there is none. */
  readonly id?: string | undefined
  readonly subject?: string | undefined
  /** Milliseconds since 1970, or a text that `Date` reads; the time of the call where there is none. */
  readonly time?: string | number | undefined
  /** Already in the shape that the kind has on every platform. */
  readonly data: unknown
  /** What the trigger listens to, such as the queue's name, for events that do not bear the trigger's own. */
  readonly resource?: string | undefined
  /** The attributes of what is a CloudEvent already. */
  readonly attributes?: Readonly<Record<string, unknown>>
  /** Present where the platform takes a report of which items of a batch have to come again. */
  readonly batch?: Batch
}

export interface Batch {
  /** The field of `data` that holds the items. */
  readonly list: string
  /** What the platform calls each of them. */
  readonly ids: readonly string[]
}

/** Lower-case names. A list is sent as several headers. */
export type HeaderMap = Record<string, string | string[]>

export type ReplyBody = string | Uint8Array | AsyncIterable<Uint8Array> | null

export interface HttpReply {
  readonly kind: 'http'
  readonly status: number
  readonly headers: HeaderMap
  /** Asynchronous only where the platform said that it can stream. */
  readonly body: ReplyBody
}
