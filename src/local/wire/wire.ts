import type { LocalContext, LocalTriggerEvent } from '../runtime/protocol.ts'

/** What the platform and a function's process say to each other, over a socket pair: `channel.ts` carries it. */
export type ToWorker = LoadMessage | HttpCallMessage | EventCallMessage | CancelMessage | MoreMessage | PingMessage

/**
 * The first message, and the only one of its kind: it makes a generic process that of one function. The process opens the
 * entry file and answers `loaded` or `refused`.
 */
export interface LoadMessage {
  readonly kind: 'load'
  /** The folder to run in. */
  readonly folder: string
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>
  /** Absolute path of the entry file. */
  readonly file: string
  readonly exported: string
  /** Of the load itself. */
  readonly context: LocalContext
}

/** What of a call's context is its own; the rest came with the `load`. */
export type CallTerms = Pick<LocalContext, 'requestId' | 'deadline'>

/** A request, with the fields of `LocalHttpEvent`; its head is what a socket can carry, a byte a character. */
export interface HttpCallMessage extends CallTerms {
  readonly kind: 'http'
  readonly id: number
  readonly method: string
  readonly url: string
  readonly ip: string
  /** Names and values in turn, as they arrived. */
  readonly headers: readonly string[]
  readonly body: Uint8Array | undefined
}

export interface EventCallMessage extends CallTerms {
  readonly kind: 'event'
  readonly id: number
  readonly event: LocalTriggerEvent
}

/** Nobody waits for the answer any more. */
export interface CancelMessage {
  readonly kind: 'cancel'
  readonly id: number
}

/** The client has taken what was sent of a stream. */
export interface MoreMessage {
  readonly kind: 'more'
  readonly id: number
}

/** Answered with `pong` as soon as the event loop comes round. */
export interface PingMessage {
  readonly kind: 'ping'
}

export type FromWorker =
  /** From a process that has no function yet; nobody has to do anything. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'loaded' }
  | { readonly kind: 'refused'; readonly error: WireError }
  | { readonly kind: 'pong' }
  | HeadMessage
  | { readonly kind: 'chunk'; readonly id: number; readonly body: Uint8Array }
  | { readonly kind: 'end'; readonly id: number }
  /** Without `json` it is undefined. */
  | { readonly kind: 'value'; readonly id: number; readonly json?: string }
  | { readonly kind: 'failed'; readonly id: number; readonly error: WireError }

/** Status, headers and the whole body; with `open`, chunks and an `end` follow instead of the body. */
export interface HeadMessage {
  readonly kind: 'head'
  readonly id: number
  readonly status: number
  /** Names and values in turn. */
  readonly headers: readonly string[]
  /** A text is its bytes in UTF-8; what arrives is bytes. */
  readonly body: Uint8Array | string | undefined
  readonly open: boolean
}

export interface WireError {
  readonly name: string
  readonly message: string
  readonly stack: string
}

/** The descriptor of a function's process that the socket pair has. */
export const CHANNEL_FD = 3

/** How many bytes of a stream may be on their way before the client has taken some. */
export const STREAM_WINDOW_BYTES = 256 << 10
