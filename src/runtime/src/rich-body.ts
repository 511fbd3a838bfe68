import { appendHeader } from './append.ts'
import { asBuffer, textOrNothing, toBase64 } from './bytes.ts'
import { isFraming } from './header-write.ts'
import type { HeaderMap } from './input.ts'
import { BINARY, isText, mediaType } from './media.ts'
import type { HttpResponse } from './response.ts'
import { asStream } from './stream.ts'

/**
 * The body that bytes, a Blob, a stream or a web `Response` is, with its content type set; null for a Response without
 * one, undefined for an object that is none of these.
 */
export function richBody(response: HttpResponse, body: object): Uint8Array | AsyncIterable<unknown> | null | undefined {
  if (isWebResponse(body)) return adopt(response, body)
  const binary = bytesOf(body) ?? (isBlob(body) ? asStream(body.stream()) : asStream(body))
  if (binary) response.headers['content-type'] ??= (isBlob(body) && body.type) || BINARY
  return binary
}

/** Bytes in a string: as the text that they are when that is what their type says, else in base64. */
export function encodeBytes(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  headers: HeaderMap,
): { readonly body: string; readonly isBase64Encoded: boolean } {
  if (!(body instanceof Uint8Array)) throw new Error('a stream reached a platform that takes none')
  // Some gateways send base64 on undecoded unless they are told of the type, so text in bytes goes as text.
  const readable = headers['content-encoding'] === undefined && isText(mediaType(String(headers['content-type'] ?? '')))
  const text = readable ? textOrNothing(body) : undefined
  if (text !== undefined) return { body: text, isBase64Encoded: false }
  return { body: toBase64(body), isBase64Encoded: true }
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
  for (const [name, value] of web.headers) if (name !== 'set-cookie' && !isFraming(name)) headers[name] = value
  for (const cookie of cookiesOf(web.headers)) appendHeader(headers, 'set-cookie', cookie)
  response.status = web.status
  return web.body
}

// Before Node 18.14, and in other copies of fetch, a list of headers cannot take its cookies apart again.
function cookiesOf(headers: Partial<Headers>): readonly string[] {
  const whole = headers.get?.('set-cookie')
  return headers.getSetCookie?.() ?? (whole ? [whole] : [])
}
