import { headerName, headerValue, isFraming } from './header-write.ts'
import type { HeaderMap } from './input.ts'

/** Adds a value to what the header has; the two are sent as two headers. */
export function appendHeader(headers: HeaderMap, name: string, value: unknown): void {
  const key = headerName(name)
  if (isFraming(key)) return
  const before = headers[key]
  const added = Array.isArray(value) ? value.map((item) => headerValue(key, item)) : [headerValue(key, value)]
  if (before !== undefined) headers[key] = Array.isArray(before) ? [...before, ...added] : [before, ...added]
  else headers[key] = added.length === 1 ? (added[0] as string) : added
}

interface Redirectable {
  status: number
  body: unknown
  set(name: string, value: string): unknown
}

/** Makes an answer one that says where to go: with the status given, or one of 300 to 399 that was set before, else 302. */
export function redirectTo(response: Redirectable, url: string, status: number | undefined): void {
  const kept = response.status >= 300 && response.status < 400 ? response.status : 302
  response.set('location', url.replace(/[^\x21-\x7e]+/g, encodeURIComponent))
  response.status = status ?? kept
  response.body = undefined
}
