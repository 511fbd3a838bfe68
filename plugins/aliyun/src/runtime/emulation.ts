import { type CallInfo, type Entry, type EventCall, type HttpAnswer, type HttpCall, orTimeout } from '@anyfaas/kit'
import {
  fromBase64,
  isShape,
  isText,
  mediaType,
  parseQuery,
  readHeaderList,
  splitUrl,
  textOrNothing,
  toBase64,
} from '@anyfaas/runtime'

export const CLIENT = '127.0.0.1'

/** Calls a function in the platform's convention: bytes, context, and a callback beside the promise. The first answer counts. */
export function invoke(entry: Entry, event: unknown, info: CallInfo): Promise<unknown> {
  const handler = entry.handler as (event: Buffer, context: object, callback: unknown) => unknown
  const bytes = Buffer.isBuffer(event)
    ? event
    : Buffer.from(typeof event === 'string' ? event : JSON.stringify(event ?? null))
  const work = new Promise<unknown>((resolve, reject) => {
    const callback = (error: unknown, result: unknown) =>
      error === null || error === undefined ? resolve(result) : reject(error)
    const returned = handler(bytes, contextOf(info), callback)
    if (returned !== undefined) Promise.resolve(returned).then(resolve, reject)
  })
  return orTimeout(work, info.timeoutSec, timeoutMessage(info))
}

export function timeoutMessage(info: CallInfo): string {
  return `Function timed out after ${info.timeoutSec} seconds`
}

/** What the caller of an event function gets: text as it is, bytes as their text, everything else by JSON. */
export function resultOf(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  const text = JSON.stringify(value)
  return text === undefined ? null : JSON.parse(text)
}

export function triggerEvent(call: EventCall, info: CallInfo): unknown {
  if (call.kind !== 'timer') return call.data
  const payload = typeof call.data === 'string' ? call.data : (JSON.stringify(call.data) ?? '')
  return { triggerTime: new Date(info.time).toISOString(), triggerName: call.trigger ?? info.function, payload }
}

export function contextOf(info: CallInfo): object {
  return {
    requestId: info.requestId,
    credentials: { accessKeyId: '', accessKeySecret: '', securityToken: '' },
    function: { name: info.function, handler: 'index.handler', memory: info.memoryMb, timeout: info.timeoutSec },
    service: { name: info.service, logProject: '', logStore: '', qualifier: 'LATEST', versionId: '' },
    region: info.region,
    accountId: '1000000000000000',
    logger: console,
  }
}

/** A request as the gateway and the HTTP triggers of edition 3.0 carry it: one text a header and a key. */
export function requestParts(call: HttpCall, host: string) {
  const { path, query } = splitUrl(call.url)
  const headers = { host, ...readHeaderList(call.headers) } as Record<string, string>
  const text = call.body && isText(mediaType(headers['content-type'])) ? textOrNothing(call.body) : undefined
  return {
    method: call.method.toUpperCase(),
    path,
    query,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [canonical(name), value])),
    queryParameters: Object.fromEntries(
      Object.entries(parseQuery(query)).map(([key, value]) => [key, [value].flat().join(',')]),
    ),
    body: call.body === undefined ? '' : (text ?? toBase64(call.body)),
    isBase64Encoded: call.body !== undefined && text === undefined,
  }
}

/** The answer in an envelope. Without a status the value is the body itself; one text a header is all that it takes. */
export function envelopeAnswer(value: unknown, method: string): HttpAnswer {
  if (!isShape(value) || !('statusCode' in value)) return inferred(value)
  const { statusCode, headers = {}, body = '', isBase64Encoded = false } = value
  const isWellFormed =
    Number.isInteger(statusCode) && isTexts(headers) && typeof body === 'string' && typeof isBase64Encoded === 'boolean'
  if (!isWellFormed) return badResponse('the response of the function is malformed')
  const bytes = isBase64Encoded ? fromBase64(body as string) : Buffer.from(body as string)
  return sent(
    statusCode as number,
    Object.entries(headers as Record<string, string>),
    method === 'HEAD' ? new Uint8Array() : bytes,
  )
}

/** What the platform sends on: some headers are its own, and there is a limit to the rest. */
export function sent(status: number, headers: readonly (readonly [string, string])[], body: Uint8Array): HttpAnswer {
  const kept = headers.filter(([name]) => !OWN.has(name.toLowerCase()) && !/^x-fc-/i.test(name))
  const bytes = kept.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  return bytes > MOST_HEADER_BYTES
    ? badResponse('the headers are larger than 8 KB')
    : { kind: 'http', status, headers: kept, body }
}

const OWN = new Set(['connection', 'keep-alive', 'content-length', 'date', 'server', 'upgrade'])
const MOST_HEADER_BYTES = 8 * 1024

function inferred(value: unknown): HttpAnswer {
  const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value ?? ''))
  return { kind: 'http', status: 200, headers: [['content-type', 'application/json']], body }
}

export function badResponse(message: string): HttpAnswer {
  const body = Buffer.from(JSON.stringify({ ErrorCode: 'BadResponse', ErrorMessage: message }))
  return { kind: 'http', status: 502, headers: [['content-type', 'application/json']], body }
}

function isTexts(headers: unknown): boolean {
  return isShape(headers) && Object.values(headers).every((value) => typeof value === 'string')
}

function canonical(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}
