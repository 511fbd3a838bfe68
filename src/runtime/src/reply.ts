import { asBuffer, textOrNothing, toBase64 } from './bytes.ts'
import { appendHeader } from './header.ts'
import type { HttpInput, HttpReply, ReplyBody } from './input.ts'
import { BINARY, HTML, isText, JSON_TYPE, mediaType, TEXT } from './media.ts'
import type { HttpResponse } from './response.ts'
import { asStream, chunksOf, discard, readAll } from './stream.ts'

/**
 * The answer as it is sent. Texts, numbers, objects, bytes, streams and web `Response`s are bodies; nothing is a 204.
 * Asynchronous only for a stream that has to be read here, so that the common answer costs no turn of the loop.
 */
export function render(
  response: HttpResponse,
  input: Pick<HttpInput, 'method' | 'streaming'>,
): HttpReply | Promise<HttpReply> {
  const body = bodyOf(response)
  const { headers } = response
  for (const name in headers) if (UNSENDABLE.has(name)) delete headers[name]
  const empty = body === null || body === undefined
  const status = empty && !response.hasStatus ? 204 : response.status
  if (empty || status === 204 || status === 304) delete headers['content-type']
  if (empty) return { kind: 'http', status, headers, body: null }
  if (input.method === 'HEAD' || status === 204 || status === 205 || status === 304) {
    if (isStream(body)) discard(body)
    return { kind: 'http', status, headers, body: null }
  }
  if (!isStream(body)) return { kind: 'http', status, headers, body }
  const chunks = chunksOf(body)
  if (input.streaming) return { kind: 'http', status, headers, body: chunks }
  return readAll(chunks).then((bytes) => ({ kind: 'http', status, headers, body: bytes }))
}

/** For platforms that carry a body as a string: text as it is, bytes in base64. */
export function encodeBody(reply: HttpReply): { readonly body: string; readonly isBase64Encoded: boolean } {
  const { body, headers } = reply
  if (body === null) return { body: '', isBase64Encoded: false }
  if (typeof body === 'string') return { body, isBase64Encoded: false }
  if (!(body instanceof Uint8Array)) throw new Error('a stream reached a platform that takes none')
  // Some gateways send base64 on undecoded unless they are told of the type, so text in bytes goes as text.
  const readable = headers['content-encoding'] === undefined && isText(mediaType(String(headers['content-type'] ?? '')))
  const text = readable ? textOrNothing(body) : undefined
  if (text !== undefined) return { body: text, isBase64Encoded: false }
  return { body: toBase64(body), isBase64Encoded: true }
}

// The platform frames the message; what a handler says about that could only contradict it.
const UNSENDABLE = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive'])

function isStream(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

/** The body in a form that can be sent or streamed, and the content type that it has by itself. */
function bodyOf(response: HttpResponse): Exclude<ReplyBody, AsyncIterable<unknown>> | AsyncIterable<unknown> {
  const { body, headers } = response
  if (typeof body === 'string') {
    headers['content-type'] ??= HTML_START.test(body) ? HTML : TEXT
    return body
  }
  if (body === null || body === undefined) return null
  if (typeof body === 'object' && !isPlain(body)) {
    if (isWebResponse(body)) return adopt(response, body)
    const binary = bytesOf(body) ?? (isBlob(body) ? asStream(body.stream()) : asStream(body))
    if (binary) {
      headers['content-type'] ??= (isBlob(body) && body.type) || BINARY
      return binary
    }
  }
  const json = JSON.stringify(body)
  if (json === undefined) throw new TypeError(`${typeof body} cannot be the body of an answer`)
  headers['content-type'] ??= JSON_TYPE
  return json
}

const HTML_START = /^\s*</

// Nearly every body is one, and needs none of the questions that the others do.
function isPlain(body: object): boolean {
  return Object.getPrototypeOf(body) === Object.prototype && !(Symbol.asyncIterator in body)
}

function bytesOf(body: object): Uint8Array | undefined {
  if (body instanceof Uint8Array) return body
  return body instanceof ArrayBuffer || ArrayBuffer.isView(body) ? asBuffer(body) : undefined
}

function isBlob(body: object): body is Blob {
  const { stream, arrayBuffer } = body as Partial<Blob>
  return typeof stream === 'function' && typeof arrayBuffer === 'function'
}

// By its tag, so that a Response of another copy of fetch counts too.
function isWebResponse(body: object): body is Response {
  return Object.prototype.toString.call(body) === '[object Response]'
}

/** Makes the answer what a web `Response` says. Headers that were set before and that it does not name stay. */
function adopt(response: HttpResponse, web: Response): ReadableStream<Uint8Array> | null {
  const { headers } = response
  for (const [name, value] of web.headers) if (name !== 'set-cookie') headers[name] = value
  for (const cookie of cookiesOf(web.headers)) appendHeader(headers, 'set-cookie', cookie)
  response.status = web.status
  return web.body
}

// Before Node 18.14, and in other copies of fetch, a list of headers cannot take its cookies apart again.
function cookiesOf(headers: Partial<Headers>): readonly string[] {
  const whole = headers.get?.('set-cookie')
  return headers.getSetCookie?.() ?? (whole ? [whole] : [])
}
