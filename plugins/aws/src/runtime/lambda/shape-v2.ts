import type { CallInfo, HttpAnswer, HttpCall } from '@anyfaas/kit'
import { isShape } from '@anyfaas/runtime'
import {
  CLIENT,
  decodeForm,
  decodeText,
  type HttpShape,
  headerPairs,
  isReadable,
  mapValues,
  platformError,
  queryLists,
  readResult,
  receive,
} from './shapes.ts'

/** An HTTP API with payload 2.0: the path arrives decoded. */
export const httpApi: HttpShape = {
  event: (call, info) =>
    eventOf(call, info, { host: `${API_ID}.execute-api.${info.region}.amazonaws.com`, decode: decodeText }),
  answer: answerOf,
}

/** A function URL: the path arrives as it was sent. */
export const functionUrl: HttpShape = {
  event: (call, info) =>
    eventOf(call, info, { host: `${API_ID}.lambda-url.${info.region}.on.aws`, decode: (path) => path }),
  answer: answerOf,
}

const API_ID = 'abcdef1234'

interface Front {
  readonly host: string
  readonly decode: (path: string) => string
}

function eventOf(call: HttpCall, info: CallInfo, { host, decode }: Front): object {
  const { method, path, query, joined, body, isBase64Encoded } = receive(call, host, isReadable)
  const { cookie, ...headers } = joined
  const rawPath = decode(path)
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: query,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers,
    queryStringParameters: mapValues(queryLists(query, decodeForm), (values) => values.join(',')),
    requestContext: {
      accountId: '123456789012',
      apiId: API_ID,
      domainName: host,
      domainPrefix: API_ID,
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: CLIENT, userAgent: headers['user-agent'] ?? '' },
      requestId: info.requestId,
      routeKey: '$default',
      stage: '$default',
      time: new Date(info.time).toISOString(),
      timeEpoch: info.time,
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded,
  }
}

/** A result without a status is the body itself. */
function answerOf(value: unknown): HttpAnswer {
  const inferred = isShape(value) && 'statusCode' in value ? value : inferFrom(value)
  const read = readResult(inferred)
  const headers = headerPairs(read?.result['headers'])
  const cookies = read?.result['cookies'] ?? []
  const isWellFormed = Array.isArray(cookies) && cookies.every((cookie) => typeof cookie === 'string')
  if (!read || !headers || !isWellFormed) return platformError(500, 'Internal Server Error')
  const setCookies = cookies.map((cookie): [string, string] => ['set-cookie', cookie])
  return { kind: 'http', status: read.status, headers: [...headers, ...setCookies], body: read.body }
}

function inferFrom(value: unknown): object {
  const body = typeof value === 'string' ? value : JSON.stringify(value)
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body }
}
