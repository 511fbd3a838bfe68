import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { CallFailure, type FailureKind } from './failure.ts'
import { makeRequestId } from './request-id.ts'

/** Told once that a response is complete, or that the client has gone before. */
export interface Watcher {
  closed(exchange: Exchange): void
}

/** An HTTP request on its way through a function. */
export class Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string = makeRequestId()
  /** By `performance.now`. */
  readonly began = performance.now()
  readonly watchers: Watcher[]
  /** Path and query as the function sees them. */
  url = '/'
  /** Seconds; of the route, where it has its own. */
  timeoutSec = 0
  /** Why the response is not the function's own, or ends too soon. */
  failure: FailureKind | undefined

  constructor(request: IncomingMessage, response: ServerResponse, watcher: Watcher) {
    this.request = request
    this.response = response
    this.watchers = [watcher]
    response.on('close', () => {
      for (const watcher of this.watchers) watcher.closed(this)
    })
  }
}

/** A connection that asks for another protocol. */
export interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  /** What came after the head. */
  readonly head: Buffer
  readonly url: string
  readonly requestId: string
}

export const LARGEST_BODY_BYTES = 32 << 20

/** The whole body; undefined when the request has none. Rejects with a failure when it is too large. */
export function readBody(request: IncomingMessage): Promise<Buffer | undefined> | undefined {
  if (!hasBody(request.rawHeaders)) return undefined
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  if (encoding === undefined && (length === undefined || length === '0')) return undefined
  if (Number(length) > LARGEST_BODY_BYTES) return Promise.reject(tooLarge())
  return collect(request)
}

// Most requests have none, and making an object of the headers costs more than looking through them.
function hasBody(raw: readonly string[]): boolean {
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string
    if (name.length === 14 && name.toLowerCase() === 'content-length') return true
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') return true
  }
  return false
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > LARGEST_BODY_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The headers in the order of arrival, repeated ones repeated. */
export function headerPairs(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let index = 0; index < raw.length; index += 2) pairs.push([raw[index] as string, raw[index + 1] as string])
  return pairs
}

// They describe one connection, not the message: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

export function isOfConnection(name: string): boolean {
  return OF_CONNECTION.has(name.toLowerCase())
}

function tooLarge(): CallFailure {
  return new CallFailure('too-large', `the request's body is larger than ${LARGEST_BODY_BYTES >> 20} MB`)
}
