import type { CallInfo, HttpAnswer, HttpCall } from '@anyfaas/kit'
import { isShape } from '@anyfaas/runtime'
import {
  CLIENT,
  decodeForm,
  type HttpShape,
  headerPairs,
  isReadable,
  mapValues,
  platformError,
  queryLists,
  readResult,
  receive,
} from './shapes.ts'

/** A REST API with proxy integration and binary types: query decoded, path as sent, headers in both forms. */
export const restApi: HttpShape = {
  event: (call, info) => {
    const { method, path, query, headers, body, isBase64Encoded } = receive(call, HOST, isReadable)
    const lists = queryLists(query, decodeForm)
    return {
      resource: '/{proxy+}',
      path,
      httpMethod: method,
      headers: mapValues(headerLists(headers), last),
      multiValueHeaders: headerLists(headers),
      queryStringParameters: query === '' ? null : mapValues(lists, last),
      multiValueQueryStringParameters: query === '' ? null : lists,
      pathParameters: { proxy: path.slice(1) },
      stageVariables: null,
      requestContext: restContext(path, method, info),
      body: body ?? null,
      isBase64Encoded,
    }
  },
  answer: (value) => {
    const read = readResult(value)
    const single = headerPairs(read?.result['headers'])
    const many = listPairs(read?.result['multiValueHeaders'])
    if (!read || !single || !many) return platformError(502, 'Internal server error')
    const named = new Set(many.map(([name]) => name.toLowerCase()))
    const headers = [...many, ...single.filter(([name]) => !named.has(name.toLowerCase()))]
    return { kind: 'http', status: read.status, headers, body: read.body }
  },
}

/** A load balancer: nothing is decoded, and one value a header. */
export const loadBalancer: HttpShape = {
  event: (call) => {
    const { joined, query, ...event } = balance(call)
    return {
      ...event,
      headers: joined,
      queryStringParameters: mapValues(
        queryLists(query, (text) => text),
        last,
      ),
    }
  },
  answer: (value) => balanced(value, headerPairs(isShape(value) ? value['headers'] : undefined)),
}

/** The same with multi-value headers switched on: the single ones are neither sent nor read. */
export const multiValueLoadBalancer: HttpShape = {
  event: (call) => {
    const { joined, headers, query, ...event } = balance(call)
    const multiValueQueryStringParameters = queryLists(query, (text) => text)
    return { ...event, multiValueHeaders: headerLists(headers, true), multiValueQueryStringParameters }
  },
  answer: (value) => balanced(value, listPairs(isShape(value) ? value['multiValueHeaders'] : undefined)),
}

const HOST = 'abcdef1234.execute-api.us-east-1.amazonaws.com'
const BALANCER = 'service-1234567890.us-east-1.elb.amazonaws.com'
const TARGET = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/service/0123456789abcdef'

function restContext(path: string, method: string, info: CallInfo): object {
  return {
    accountId: '123456789012',
    apiId: 'abcdef1234',
    resourceId: 'abc123',
    resourcePath: '/{proxy+}',
    path: `/${info.stage}${path}`,
    stage: info.stage,
    httpMethod: method,
    domainName: HOST,
    protocol: 'HTTP/1.1',
    identity: { sourceIp: CLIENT, userAgent: null },
    requestId: info.requestId,
    requestTimeEpoch: info.time,
  }
}

function balance(call: HttpCall) {
  const { method, path, query, headers, joined, body = '', isBase64Encoded } = receive(call, BALANCER, isReadable)
  const requestContext = { elb: { targetGroupArn: TARGET } }
  return { requestContext, httpMethod: method, path, query, headers, joined, body, isBase64Encoded }
}

function balanced(value: unknown, headers: [string, string][] | undefined): HttpAnswer {
  const read = readResult(value)
  if (!read || !headers) return platformError(502, 'Bad Gateway')
  return { kind: 'http', status: read.status, headers, body: read.body }
}

function headerLists(headers: HttpCall['headers'], lower = false): Record<string, string[]> {
  const lists: Record<string, string[]> = {}
  for (const [name, value] of headers) {
    const key = lower ? name.toLowerCase() : name
    lists[key] = [...(lists[key] ?? []), value]
  }
  return lists
}

function listPairs(headers: unknown): [string, string][] | undefined {
  if (headers === undefined || headers === null) return []
  if (!isShape(headers)) return undefined
  const entries = Object.entries(headers)
  if (!entries.every(([, values]) => Array.isArray(values))) return undefined
  return entries.flatMap(([name, values]) =>
    (values as unknown[]).map((value): [string, string] => [name, String(value)]),
  )
}

function last(values: readonly string[]): string {
  return values.at(-1) ?? ''
}
