/** What the platform calls a function with: `handler(event, context)`. */
export type PlatformEvent = RequestEvent | TimerEvent | { readonly type: 'call'; readonly data: unknown }

export interface RequestEvent {
  readonly type: 'http'
  readonly method: string
  /** Path and query as the client sent them. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Base64. */
  readonly body?: string
  readonly ip: string
}

export interface TimerEvent {
  readonly type: 'timer'
  readonly trigger: string
  /** ISO 8601. */
  readonly time: string
  readonly payload?: unknown
}

export interface PlatformContext {
  readonly requestId: string
  /** Milliseconds since 1970. */
  readonly deadline: number
}

/** What it takes for an answer to a request. */
export interface RequestReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
  readonly isBase64Encoded: boolean
}
