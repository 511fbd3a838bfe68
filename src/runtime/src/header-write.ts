import type { HeaderMap } from './input.ts'

/** Writes a header; one that frames the message is the platform's to write, and is left out. Throws a TypeError for what HTTP does not allow, a line break above all. */
export function setHeader(headers: HeaderMap, name: string, value: unknown): void {
  const key = headerName(name)
  if (isFraming(key)) return
  headers[key] = Array.isArray(value) ? value.map((item) => headerValue(key, item)) : headerValue(key, value)
}

/** In lower case. Throws a TypeError for what cannot be one. */
export function headerName(name: string): string {
  if (typeof name !== 'string' || !TOKEN.test(name))
    throw new TypeError(`${JSON.stringify(name)} cannot be the name of a header`)
  return name.toLowerCase()
}

/** As a text. Throws a TypeError for what cannot be one. */
export function headerValue(name: string, value: unknown): string {
  const text = String(value)
  if (!VALUE.test(text))
    throw new TypeError(`header "${name}" has a character that HTTP does not allow: ${JSON.stringify(text)}`)
  return text
}

/** What a handler says about these could only contradict the platform. */
export function isFraming(name: string): boolean {
  return FRAMING.has(name)
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive'])
