import type { CallInfo, HttpAnswer, HttpCall } from '@anyfaas/kit'
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
  toText,
} from '@anyfaas/runtime'

/** One way in which HTTP reaches a function: the event that it makes. */
export type HttpShape = (call: HttpCall, info: CallInfo) => object

/** A function URL: the body is always a text, so bytes that are no text do not arrive. https://cloud.tencent.com/document/product/583/96099 */
export const functionUrl: HttpShape = (call, info) => ({
  ...common(call, `1250000000-abcdefghij.${info.region}.tencentscf.com`),
  body: call.body ? toText(call.body) : '',
})

/** The API gateway with integrated response and base64 for what is no text. https://cloud.tencent.com/document/product/583/12513 */
export const apiGateway: HttpShape = (call, info) => {
  const { headers, ...event } = common(call, `service-abcdefgh-1250000000.${info.region}.apigw.tencentcs.com`)
  const text = call.body && isText(mediaType(headers['content-type'])) ? textOrNothing(call.body) : undefined
  const { path, query } = splitUrl(call.url)
  return {
    ...event,
    headers,
    body: call.body === undefined ? '' : (text ?? toBase64(call.body)),
    isBase64Encoded: call.body !== undefined && text === undefined,
    headerParameters: {},
    pathParameters: {},
    queryStringParameters: {},
    queryString: parseQuery(query),
    stageVariables: { stage: 'release' },
    requestContext: {
      serviceId: 'service-abcdefgh',
      path,
      httpMethod: 'ANY',
      requestId: info.requestId,
      identity: {},
      sourceIp: CLIENT,
      stage: 'release',
    },
  }
}

/**
 * The integrated response. A result without a status is the body itself; one with a status that breaks the form is
 * the platform's own error.
 */
export function answerOf(value: unknown): HttpAnswer {
  if (!isShape(value) || !('statusCode' in value)) {
    const body = typeof value === 'string' ? value : JSON.stringify(value)
    return { kind: 'http', status: 200, headers: [['content-type', 'application/json']], body: encode(body) }
  }
  const { statusCode, headers = {}, body = '', isBase64Encoded = false } = value
  const pairs = isShape(headers) ? headerPairs(headers) : undefined
  if (!Number.isInteger(statusCode) || typeof body !== 'string' || typeof isBase64Encoded !== 'boolean' || !pairs)
    return malformed()
  return {
    kind: 'http',
    status: statusCode as number,
    headers: pairs,
    body: isBase64Encoded ? fromBase64(body) : encode(body),
  }
}

const CLIENT = '127.0.0.1'

function common(call: HttpCall, host: string) {
  const { path, query } = splitUrl(call.url)
  return {
    httpMethod: call.method.toUpperCase(),
    path,
    headers: { host, 'x-scf-remote-addr': CLIENT, ...readHeaderList(call.headers) } as Record<string, string>,
    queryString: parseQuery(query),
  }
}

function headerPairs(headers: Readonly<Record<string, unknown>>): [string, string][] | undefined {
  const pairs = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((item) => [name, item] as const))
  return pairs.every(([, value]) => typeof value === 'string') ? (pairs as unknown as [string, string][]) : undefined
}

function malformed(): HttpAnswer {
  const body = { errno: 403, error: 'Invalid scf response format. please check your scf response format.' }
  return {
    kind: 'http',
    status: 403,
    headers: [['content-type', 'application/json']],
    body: encode(JSON.stringify(body)),
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
