import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { headerPairs, isOfConnection, readBody } from '../platform/instances/exchange.ts'
import { CallFailure } from '../platform/instances/failure.ts'
import { EVENT_HEADER } from './event-message.ts'
import { type QueueMessage, readMessage, toGoUrl } from './message.ts'
import type { AsyncTarget } from './target.ts'

const CALL_ID = /^[\w.:-]{1,128}$/
const LARGEST_BODY_BYTES = 6 << 20

/** The one that the caller gives, or a new one. */
export function callIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-call-id']
  if (given === undefined) return randomUUID()
  if (typeof given === 'string' && CALL_ID.test(given)) return given
  throw refusal('request', 'X-Call-Id may have letters, digits and ". : _ -", at most 128')
}

/** A request in the words of the queue. `rest` is path and query. Rejects with a failure when it is none that is taken. */
export async function messageOf(target: AsyncTarget, rest: string, request: IncomingMessage): Promise<QueueMessage> {
  const { service, stage, name, spec } = target
  const given = request.headers['x-callback-url']
  const callback = (typeof given === 'string' ? given : undefined) ?? spec.callback
  const body = await readBody(request)
  if (body && body.length > LARGEST_BODY_BYTES) {
    throw refusal('too-large', `the body of an asynchronous call has at most ${LARGEST_BODY_BYTES >> 20} MB`)
  }
  const [path, query] = splitOnce(rest)
  const message = {
    Header: headersOf(request),
    Host: request.headers.host ?? '',
    Body: body?.toString('base64') ?? '',
    Method: request.method ?? 'POST',
    Path: path,
    QueryString: query,
    Function: `${name}.${service}.${stage}`,
    QueueName: '',
    CallbackUrl: callback === undefined ? null : toGoUrl(callbackUrl(callback)),
  }
  return readMessage(JSON.stringify(message)) ?? message
}

function callbackUrl(text: string): URL {
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw refusal('request', 'X-Callback-Url is no address')
  return new URL(text)
}

function headersOf({ rawHeaders }: IncomingMessage): Record<string, string[]> {
  const headers: Record<string, string[]> = {}
  for (const [name, value] of headerPairs(rawHeaders)) {
    const key = name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
    if (isOfConnection(name) || OURS.has(key)) continue
    headers[key] = [...(headers[key] ?? []), value]
  }
  return headers
}

const OURS: ReadonlySet<string> = new Set(['Host', 'Content-Length', 'X-Callback-Url', EVENT_HEADER])

function splitOnce(url: string): [string, string] {
  const at = url.indexOf('?')
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)]
}

export function refusal(kind: 'request' | 'too-large' | 'throttle', message: string): CallFailure {
  return new CallFailure(kind, message)
}
