import type { HeaderMap } from './input.ts'
import { emptyRecord } from './record.ts'
import { spellApart } from './spelling.ts'

/** Lower-case names and one text a header, from whatever a platform sends as headers. */
export function readHeaders(source: unknown): Record<string, string> {
  const headers = emptyRecord<string>()
  if (typeof source !== 'object' || source === null) return headers
  for (const name in source) {
    const value = (source as Record<string, unknown>)[name]
    const text = Array.isArray(value) ? joinValues(name, value) : value
    if (typeof text === 'string') addHeader(headers, name, text)
    else if (typeof text === 'number' || typeof text === 'boolean') addHeader(headers, name, String(text))
  }
  return headers
}

/** The same from pairs in the order of arrival. */
export function readHeaderList(list: readonly (readonly [string, string])[]): Record<string, string> {
  const headers = emptyRecord<string>()
  for (const [name, value] of list) addHeader(headers, name, value)
  return headers
}

/**
 * For answers that hold one text a header: repeated ones joined, except cookies, which cannot be. Those go under names
 * that differ in case, which are different to the platform and the same to the client.
 */
export function singleHeaders(headers: HeaderMap): Record<string, string> {
  if (isSingle(headers)) return headers
  const single: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name] as string | string[]
    if (name !== 'set-cookie' || typeof value === 'string') single[name] = joined(value)
    else Object.assign(single, spellApart(name, value))
  }
  return single
}

function isSingle(headers: HeaderMap): headers is Record<string, string> {
  for (const name in headers) if (typeof headers[name] !== 'string') return false
  return true
}

/** A header as one text, where the platform takes one only. */
export function joined(value: string | string[]): string {
  return Array.isArray(value) ? value.join(',') : value
}

function addHeader(headers: Record<string, string>, name: string, value: string): void {
  const key = name.toLowerCase()
  const before = headers[key]
  headers[key] = before === undefined ? value : joinValues(key, [before, value])
}

function joinValues(name: string, values: readonly unknown[]): string {
  return values.filter((value) => typeof value === 'string').join(name.toLowerCase() === 'cookie' ? '; ' : ',')
}
