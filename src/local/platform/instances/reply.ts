import { type HeadMessage, STREAM_WINDOW_BYTES } from '../../wire/wire.ts'
import { closeUnlessRead, type Exchange, isOfConnection } from './exchange.ts'
import { asFailure, type CallFailure } from './failure.ts'

/** Writes the head of a function's answer, with the whole body unless it is streamed. Throws when a header cannot be sent. */
export function writeHead({ request, response, requestId }: Exchange, head: HeadMessage): void {
  const headers: string[] = []
  const isHead = request.method === 'HEAD'
  let hasLength = false
  for (let at = 0; at < head.headers.length; at += 2) {
    const [name, value] = [head.headers[at] as string, head.headers[at + 1] as string]
    const key = name.toLowerCase()
    if (isOfConnection(key) || key === 'x-request-id') continue
    // A length that is wrong would leave the client waiting or cut the next answer.
    if (key === 'content-length' && !isHead) continue
    if (key === 'content-length') hasLength = true
    headers.push(name, value)
  }
  headers.push('x-request-id', requestId)
  if (head.open) {
    response.writeHead(head.status, headers)
    response.flushHeaders()
    return
  }
  const { body = '' } = head
  const isBodiless = head.status === 204 || head.status === 304
  if (!hasLength && !isBodiless) headers.push('content-length', String(Buffer.byteLength(body)))
  response.writeHead(head.status, headers)
  if (isBodiless) response.end()
  // With a text Node writes the head in the text's encoding, where a header has one byte a character.
  else endWith(response, typeof body === 'string' ? Buffer.from(body) : body)
}

const SMALL_BYTES = 8 << 10

// Node sends the head and a body of bytes in two pieces, a body of text in one. Any bytes are a text of one byte a character.
function endWith(response: Exchange['response'], body: Uint8Array): void {
  if (body.length > SMALL_BYTES) response.end(body)
  else response.end(Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1'), 'latin1')
}

/** Answers in the function's stead: its class and the request's id stand in the headers, one sentence in the body. */
export function writeFailure(exchange: Exchange, thrown: unknown): void {
  const { request, response, requestId } = exchange
  const failure = asFailure(thrown)
  exchange.failure = failure.kind
  // What has begun as a success cannot become a failure: the client sees a broken connection.
  if (response.headersSent) return void response.destroy()
  const text = `${sentenceOf(failure)}\n`
  response.writeHead(failure.status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    'x-request-id': requestId,
    'x-error-class': failure.kind,
    ...closeUnlessRead(request),
    ...(failure.retryAfterSec !== undefined && { 'retry-after': String(failure.retryAfterSec) }),
  })
  response.end(text)
}

/** Passes the chunks of a stream on and says when there is room for more. */
export class Inflow {
  readonly #response: Exchange['response']
  readonly #more: () => void
  #bytes = 0

  constructor({ response }: Exchange, more: () => void) {
    this.#response = response
    this.#more = more
  }

  write(bytes: Uint8Array): void {
    const hasRoom = this.#response.write(bytes)
    this.#bytes += bytes.length
    // The process counts the same bytes and waits from here on.
    if (this.#bytes < STREAM_WINDOW_BYTES) return
    this.#bytes = 0
    if (hasRoom) this.#more()
    else this.#response.once('drain', this.#more)
  }
}

function sentenceOf(failure: CallFailure): string {
  return failure.diagnostics[0]?.message ?? failure.kind
}
