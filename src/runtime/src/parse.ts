import { emptyRecord } from './record.ts'

/** A key that comes once is a text, one that comes several times a list. */
export type Query = Record<string, string | string[]>

/** `/a?x=1` -> path and query, both as sent. */
export function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const at = url.indexOf('?')
  return at === -1 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at + 1) }
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

function addValue(query: Query, key: string, value: string): void {
  const before = query[key]
  if (before === undefined) query[key] = value
  else if (typeof before === 'string') query[key] = [before, value]
  else before.push(value)
}

function decodeForm(text: string): string {
  return decodeText(text.includes('+') ? text.replaceAll('+', ' ') : text)
}

/** What is not a valid escape stays as it is. */
export function decodeText(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
