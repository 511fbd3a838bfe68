import { type IncomingMessage, type OutgoingHttpHeaders, request as plain } from 'node:http'
import { request as secure } from 'node:https'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { ANSWER_MS, CONNECT_MS, limitConnecting, type Tree } from '@anyfaas/kit'
import type { Headers } from './sdk.ts'

export interface WireRequest {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  /** A stream is sent with the `content-length` that the headers name. */
  readonly body?: Buffer | Readable
  /** How long a connection may be silent, in milliseconds; a minute when missing. */
  readonly silentMs?: number | undefined
}

export interface WireAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

/** What a service answered instead of doing it; which of its fields mean that is the service's own. */
export class WireFailure extends Error {
  readonly statusCode: number
  readonly code: string

  constructor(statusCode: number, code: string, message: string) {
    super(message)
    this.statusCode = statusCode
    this.code = code
  }
}

/** One signed request to a service of the vendor, and the whole of its answer, whatever its status. */
export async function send(request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
  const { method, url, headers, body, silentMs = ANSWER_MS } = request
  const { promise, resolve, reject } = answerLater()
  const options = { method, headers: headers as OutgoingHttpHeaders, signal, timeout: silentMs }
  const isSecure = url.startsWith('https:')
  const outgoing = (isSecure ? secure : plain)(url, options, resolve)
  outgoing.on('error', reject)
  outgoing.once('socket', (socket) => {
    // One that was kept is there.
    if (socket.connecting) limitConnecting(socket, isSecure ? 'secureConnect' : 'connect', notConnected(url))
  })
  outgoing.on('timeout', () => outgoing.destroy(new WireFailure(0, 'ETIMEDOUT', `no answer from ${new URL(url).host}`)))
  if (body === undefined || Buffer.isBuffer(body)) outgoing.end(body)
  else pipeline(body, outgoing).catch(reject)
  const answer = await promise
  return { status: answer.statusCode ?? 0, headers: answer.headers as Headers, body: await buffer(answer) }
}

function notConnected(url: string): WireFailure {
  return new WireFailure(0, 'ETIMEDOUT', `no connection to ${new URL(url).host} within ${CONNECT_MS / 1000} s`)
}

/** The fields of what a service says of a failure. */
export function fieldsOf(body: Buffer): Tree {
  try {
    const parsed: unknown = JSON.parse(body.toString())
    return typeof parsed === 'object' && parsed !== null ? (parsed as Tree) : {}
  } catch {
    // A gateway on the way answers in HTML.
    return {}
  }
}

function answerLater(): {
  promise: Promise<IncomingMessage>
  resolve: (answer: IncomingMessage) => void
  reject: (error: unknown) => void
} {
  let resolve = (_: IncomingMessage): void => {}
  let reject = (_: unknown): void => {}
  const promise = new Promise<IncomingMessage>((done, fail) => {
    resolve = done
    reject = fail
  })
  return { promise, resolve, reject }
}
