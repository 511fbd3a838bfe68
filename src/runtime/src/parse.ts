import { asBuffer, fromText, toText } from './bytes.ts'
import { HttpError } from './error.ts'
import { charsetOf, FORM, isJson, isText, mediaType } from './media.ts'
import { emptyRecord } from './record.ts'

/** A key that comes once is a text, one that comes several times a list. */
export type Query = Record<string, string | string[]>

/** `/a?x=1` -> path and query, both as sent. */
export function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const at = url.indexOf('?')
  return at === -1 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at + 1) }
}

/** Writes decoded parameters, as some platforms give them, back into a query. A list is a key that comes several times. */
export function writeQuery(parameters: unknown, encode: (text: string) => string = encodeURIComponent): string {
  if (typeof parameters !== 'object' || parameters === null) return ''
  return Object.entries(parameters)
    .flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((item) => [key, item] as const))
    .map(([key, value]) => (value === true ? encode(key) : `${encode(key)}=${encode(String(value ?? ''))}`))
    .join('&')
}

/** Never throws: what is not a valid escape stays as it is. */
export function parseQuery(text: string): Query {
  const query: Query = emptyRecord()
  for (let start = 0; start < text.length; ) {
    const ampersand = text.indexOf('&', start)
    const end = ampersand === -1 ? text.length : ampersand
    const equals = text.indexOf('=', start)
    const split = equals === -1 || equals > end ? end : equals
    if (end > start) addValue(query, decodeForm(text.slice(start, split)), decodeForm(text.slice(split + 1, end)))
    start = end + 1
  }
  return query
}

/**
 * JSON and forms become objects, text a string, everything else (multipart too) stays bytes; an empty body is
 * undefined. Throws an HttpError: 400 for malformed JSON, 415 for an unknown charset.
 */
export function parseBody(raw: string | Uint8Array | undefined, contentType: string | undefined): unknown {
  if (raw === undefined || raw.length === 0) return undefined
  const type = mediaType(contentType)
  if (!isText(type)) return toBytes(raw)
  const text = typeof raw === 'string' ? raw : decode(raw, charsetOf(contentType))
  if (isJson(type)) return parseJson(text)
  return type === FORM ? parseQuery(text) : text
}

export function toBytes(raw: string | Uint8Array): Uint8Array {
  return typeof raw === 'string' ? fromText(raw) : asBuffer(raw)
}

/** The value that a text is in JSON; the text itself when it is none. Nothing for an empty one. */
export function parsePayload(text: unknown): unknown {
  if (typeof text !== 'string') return text ?? undefined
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export function parseCookies(header: string | undefined): Record<string, string> {
  const cookies = emptyRecord<string>()
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=')
    if (at === -1) continue
    const name = pair.slice(0, at).trim()
    // The first wins: browsers send the cookie with the longest path first.
    cookies[name] ??= decodeValue(pair.slice(at + 1).trim())
  }
  return cookies
}

function addValue(query: Query, key: string, value: string): void {
  const before = query[key]
  if (before === undefined) query[key] = value
  else if (typeof before === 'string') query[key] = [before, value]
  else before.push(value)
}

function decodeForm(text: string): string {
  return decodeText(text.includes('+') ? text.replaceAll('+', ' ') : text)
}

function decodeValue(value: string): string {
  return decodeText(value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value)
}

function decodeText(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw Object.assign(new HttpError(400, 'the body is not valid JSON'), { cause })
  }
}

function decode(bytes: Uint8Array, charset: string | undefined): string {
  try {
    return toText(bytes, charset)
  } catch (cause) {
    throw Object.assign(new HttpError(415, `the charset ${JSON.stringify(charset)} is not known`), { cause })
  }
}
