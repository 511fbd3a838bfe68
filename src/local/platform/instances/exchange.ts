import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { CallFailure, type FailureKind } from './failure.ts'
import { makeRequestId } from './request-id.ts'

/** Told once that a response is complete, or that the client has gone before. */
export interface Watcher {
  closed(exchange: Exchange): void
}

/** What a call needs of its request; Node's own has it. */
export interface Asked {
  readonly method?: string | undefined
  /** Names and values in turn, as they arrived. */
  readonly rawHeaders: readonly string[]
  /** Whether all of it has arrived. */
  readonly complete: boolean
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** What a call needs to answer; Node's own response has it. */
export interface Answer {
  readonly statusCode: number
  readonly headersSent: boolean
  /** Names and values in turn, or by name. Throws for what no header can hold. */
  writeHead(status: number, headers: string[] | Record<string, string | number>): unknown
  flushHeaders(): void
  /** False when the client should take some of it first: `drain` tells when it has. */
  write(bytes: Uint8Array): boolean
  end(body?: string | Uint8Array): unknown
  end(text: string, encoding: 'latin1'): unknown
  on(event: 'close', told: () => void): unknown
  once(event: 'drain', told: () => void): unknown
  destroy(): unknown
}

/** Both ends of a request as Node.js has them. */
export interface Wire {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** An HTTP request on its way through a function. */
export class Exchange {
  readonly request: Asked
  readonly response: Answer
  /** Absent for a request without a body that Node's server has not seen. */
  readonly wire: Wire | undefined
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

  constructor(ends: { readonly request: Asked; readonly response: Answer }, watcher: Watcher, wire?: Wire) {
    this.request = ends.request
    this.response = ends.response
    this.wire = wire
    this.watchers = [watcher]
    ends.response.on('close', () => {
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

/** The wire of an exchange whose request comes as a stream. */
export function wireOf({ wire }: Exchange): Wire {
  if (!wire) throw new Error('a plain request went where only streams go')
  return wire
}

/** For an answer to a request that nobody reads to its end: what is left of it would be taken for the next request of the connection. */
export function closeUnlessRead({ complete }: Pick<Asked, 'complete'>): { readonly connection?: 'close' } {
  return complete ? {} : { connection: 'close' }
}

export const LARGEST_BODY_BYTES = 32 << 20

/** The whole body; undefined when the request has none. Rejects with a failure when it has more bytes than `most`. */
export function readBody(request: IncomingMessage, most = LARGEST_BODY_BYTES): Promise<Buffer | undefined> | undefined {
  if (!hasBody(request.rawHeaders)) return undefined
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  if (encoding === undefined && (length === undefined || length === '0')) return undefined
  if (Number(length) > most) return Promise.reject(tooLarge(most))
  return collect(request, most)
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

/** All bytes of a message of either direction, without taking more of them than `most`. */
export function collect(message: IncomingMessage, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  // Not by iterating: to leave that early destroys the connection, over which the answer has to go.
  return new Promise((resolve, reject) => {
    // Its client has gone before anybody asked for it, and it will say nothing more.
    if (message.destroyed) return reject(brokenOff())
    const take = (chunk: Buffer): void => {
      bytes += chunk.length
      chunks.push(chunk)
      if (bytes <= most) return
      message.off('data', take).pause()
      chunks.length = 0
      reject(tooLarge(most))
    }
    message.on('data', take).once('error', reject)
    message.once('end', () => resolve(Buffer.concat(chunks)))
    message.once('close', () => reject(brokenOff()))
  })
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

function brokenOff(): Error {
  return new Error('the message broke off')
}

function tooLarge(most: number): CallFailure {
  return new CallFailure('too-large', `the body is larger than ${most >> 20} MB`)
}
