import { flatJson } from './flat-json.ts'
import type { HttpInput, HttpReply, ReplyBody } from './input.ts'
import { HTML, JSON_TYPE, TEXT } from './media.ts'
import type { HttpResponse } from './response.ts'
import { encodeBytes, richBody } from './rich-body.ts'
import { chunksOf, discard, readAll } from './stream.ts'

/**
 * The answer to what most handlers return, an object or a text, where nothing else was said about it; undefined for all
 * else. The same as `render` makes, by fewer steps.
 */
export function plainReply(body: unknown, method: string): HttpReply | undefined {
  if (method === 'HEAD') return undefined
  if (typeof body === 'string') return { kind: 'http', status: 200, headers: { 'content-type': typeOf(body) }, body }
  if (typeof body !== 'object' || body === null || !isPlain(body)) return undefined
  return {
    kind: 'http',
    status: 200,
    headers: { 'content-type': JSON_TYPE },
    body: flatJson(body) ?? JSON.stringify(body),
  }
}

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
  const empty = body === null || body === undefined
  const status = empty && !response.hasStatus ? 204 : response.status
  if (empty || status === 204 || status === 304) delete headers['content-type']
  const isBare = empty || input.method === 'HEAD' || status === 204 || status === 205 || status === 304
  const reply = (sent: ReplyBody): HttpReply => ({ kind: 'http', status, headers, body: sent })
  if (!isStream(body)) return reply(isBare ? null : body)
  if (isBare) {
    discard(body)
    return reply(null)
  }
  const chunks = chunksOf(body)
  return input.streaming ? reply(chunks) : readAll(chunks).then(reply)
}

/** For platforms that carry a body as a string: text as it is, bytes in base64. */
export function encodeBody(reply: HttpReply): { readonly body: string; readonly isBase64Encoded: boolean } {
  const { body, headers } = reply
  if (typeof body === 'string' || body === null) return { body: body ?? '', isBase64Encoded: false }
  return encodeBytes(body, headers)
}

function isStream(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

/** The body in a form that can be sent or streamed, and the content type that it has by itself. */
function bodyOf(response: HttpResponse): Exclude<ReplyBody, AsyncIterable<unknown>> | AsyncIterable<unknown> {
  const { body, headers } = response
  if (typeof body === 'string') {
    headers['content-type'] ??= typeOf(body)
    return body
  }
  if (body === null || body === undefined) return null
  if (typeof body === 'object' && !isPlain(body)) {
    const rich = richBody(response, body)
    if (rich !== undefined) return rich
  }
  const json = JSON.stringify(body)
  if (json === undefined) throw new TypeError(`${typeof body} cannot be the body of an answer`)
  headers['content-type'] ??= JSON_TYPE
  return json
}

function typeOf(text: string): string {
  return /^\s*</.test(text) ? HTML : TEXT
}

// Nearly every body is one, and needs none of the questions that the others do. By its constructor, because to ask for a
// prototype leaves compiled code.
function isPlain(body: object): boolean {
  return body.constructor === Object && (body as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === undefined
}
