import { asBuffer, fromText, toText } from './bytes.ts'
import { HttpError } from './error.ts'
import { FORM, isJson, isText, mediaType } from './media.ts'
import { decodeText, parseQuery } from './parse.ts'
import { emptyRecord } from './record.ts'
import { charsetOf } from './types.ts'

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

function decodeValue(value: string): string {
  return decodeText(value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value)
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
