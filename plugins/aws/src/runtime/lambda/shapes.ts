import type { CallInfo, HttpAnswer, HttpCall } from '@anyfaas/kit'
import {
  emptyRecord,
  fromBase64,
  isShape,
  isText,
  mediaType,
  readHeaderList,
  type Shape,
  splitUrl,
  textOrNothing,
  toBase64,
} from '@anyfaas/runtime'

/** One way in which HTTP reaches a Lambda function: the event that it makes, and what it makes of the result. */
export interface HttpShape {
  event(call: HttpCall, info: CallInfo): object
  answer(result: unknown): HttpAnswer
}

/** What every shape makes of a request, each in its own words. */
export interface Incoming {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: readonly (readonly [string, string])[]
  /** Lower-case names, one text each. */
  readonly joined: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly isBase64Encoded: boolean
}

/** `readable` says which content types the sender passes on as text; everything else arrives in base64. */
export function receive(call: HttpCall, host: string, readable: (type: string) => boolean): Incoming {
  const given = readHeaderList(call.headers)
  const added = { host, 'x-forwarded-for': CLIENT, 'x-forwarded-port': '443', 'x-forwarded-proto': 'https' }
  const missing = Object.entries(added).filter(([name]) => given[name] === undefined)
  const headers = [...missing, ...call.headers]
  const text = call.body && readable(mediaType(given['content-type'])) ? textOrNothing(call.body) : undefined
  return {
    ...splitUrl(call.url),
    method: call.method.toUpperCase(),
    headers,
    joined: readHeaderList(headers),
    body: call.body && (text ?? toBase64(call.body)),
    isBase64Encoded: call.body !== undefined && text === undefined,
  }
}

export const CLIENT = '127.0.0.1'

/** Forms arrive in base64, other text as it is. */
export function isReadable(type: string): boolean {
  return type !== 'application/x-www-form-urlencoded' && isText(type)
}

/** A form's text: a plus is a space. */
export function decodeForm(text: string): string {
  return decodeText(text.replaceAll('+', ' '))
}

/** A key that comes several times: all values of it. */
export function queryLists(query: string, decode: (text: string) => string): Record<string, string[]> {
  const lists = emptyRecord<string[]>()
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [key = '', ...rest] = pair.split('=')
    const name = decode(key)
    lists[name] = [...(lists[name] ?? []), decode(rest.join('='))]
  }
  return lists
}

/** What is no valid escape stays as it is. */
export function decodeText(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
}

/** The parts of a well-formed result; undefined when the platform would not take it. */
export function readResult(
  result: unknown,
): { readonly result: Shape; readonly status: number; readonly body: Uint8Array } | undefined {
  if (!isShape(result)) return undefined
  const { statusCode, body = '', isBase64Encoded = false } = result
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode) || typeof isBase64Encoded !== 'boolean')
    return undefined
  if (typeof body !== 'string') return undefined
  return { result, status: statusCode, body: isBase64Encoded ? fromBase64(body) : new TextEncoder().encode(body) }
}

/** A map of texts as a list; undefined when it is something else. */
export function headerPairs(headers: unknown): [string, string][] | undefined {
  if (headers === undefined || headers === null) return []
  if (!isShape(headers)) return undefined
  const pairs = Object.entries(headers)
  const simple = pairs.every(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
  return simple ? pairs.map(([name, value]) => [name, String(value)]) : undefined
}

/** The platform's own error. */
export function platformError(status: number, message: string): HttpAnswer {
  const body = new TextEncoder().encode(JSON.stringify({ message }))
  return { kind: 'http', status, headers: [['content-type', 'application/json']], body }
}
