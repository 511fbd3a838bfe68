import type { CallInfo, HttpAnswer, PlatformCall } from '@anyfaas/kit'

/** A call of a project's function, told for both sides. */
export interface Call {
  readonly name: string
  readonly kind: 'http' | 'timer'
  readonly method: string
  readonly url: string
  readonly params: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

function call(name: string, rest: Partial<Call> = {}): Call {
  return { name, kind: 'http', method: 'GET', url: `/api/${name}`, params: {}, headers: {}, body: '', ...rest }
}

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

export const calls: readonly Call[] = [
  call('hello', { url: '/api/hello?name=you' }),
  call('echo', { method: 'POST', headers: json, body: '{"a":[1,"b"]}' }),
  call('echo', { method: 'POST', headers: form, body: 'a=1&b=x%20y' }),
  call('echo', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'words' }),
  call('user', { url: '/api/users/42', params: { id: '42' } }),
  call('page'),
  call('bytes'),
  call('made'),
  call('nothing'),
  call('moved'),
  call('cookies'),
  call('beside'),
  call('boom'),
  call('nightly', { kind: 'timer' }),
]

/** What the functions and their handlers are called in one version of the framework. */
export function namesOf(major: number, { name, kind }: Call): { fn: string; handler: string } {
  if (major === 1)
    return kind === 'timer'
      ? { fn: 'nightly', handler: 'nightly.handler' }
      : { fn: `api-${name}`, handler: `api.${name}` }
  if (kind === 'timer') return { fn: 'nightly-handler', handler: 'nightly.handler' }
  return { fn: `apiController-${name}`, handler: `apiController.${name}` }
}

export function platformCall(call: Call): PlatformCall {
  if (call.kind === 'timer') return { kind: 'timer', data: null }
  const { method, url, headers, body } = call
  const bytes = body === '' ? {} : { body: Buffer.from(body) }
  return { kind: 'http', method, url, headers: Object.entries({ host: 'shop.test', ...headers }), ...bytes }
}

/** The event of FC's gateway, and that of its timers. */
export function gatewayEvent({ kind, method, url, params, headers, body }: Call): unknown {
  if (kind === 'timer') return { triggerName: 'nightly', triggerTime: '2026-01-01T00:00:00Z', payload: null }
  const { pathname, searchParams } = new URL(url, 'http://shop.test')
  return {
    path: pathname,
    httpMethod: method,
    headers: { host: 'shop.test', ...headers },
    queryParameters: Object.fromEntries(searchParams),
    pathParameters: params,
    body,
    isBase64Encoded: false,
  }
}

/** An answer as both sides can be compared by. */
export interface Outcome {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const COMPARED = ['content-type', 'x-stamp', 'x-made', 'location', 'set-cookie']

export function outcomeOf({ status, headers, body }: Omit<HttpAnswer, 'kind'>): Outcome {
  const kept = headers.filter(([name]) => COMPARED.includes(name))
  const joined: Record<string, string> = {}
  for (const [name, value] of kept) joined[name] = name in joined ? `${joined[name]}; ${value}` : value
  return { status, headers: joined, body: Buffer.from(body).toString('latin1') }
}

interface GatewayAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: unknown
  readonly isBase64Encoded: boolean
}

/** An answer of FC's gateway, as its own runtime made it. */
export function gatewayOutcome(answer: unknown): unknown {
  const { statusCode, headers, body, isBase64Encoded } = answer as GatewayAnswer
  if (statusCode === undefined) return answer
  const list = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name.toLowerCase(), String(each)]),
  )
  const text = body === undefined || body === null ? '' : String(body)
  return outcomeOf({ status: statusCode, headers: list, body: Buffer.from(text, isBase64Encoded ? 'base64' : 'utf8') })
}

export function infoOf(fn: string): CallInfo {
  return {
    service: 'shop',
    function: fn,
    stage: 'dev',
    requestId: 'request-1',
    time: Date.UTC(2026, 0, 2, 3, 4, 5),
    timeoutSec: 30,
    memoryMb: 512,
    region: 'cn-hangzhou',
  }
}

/** A program that calls an artifact's entries as a platform would: `node program EMULATOR`, calls on stdin. */
export const OUR_PROGRAM = `const { readFileSync, writeSync } = require('fs')
const { emulator } = require(process.argv[2])
async function main() {
  const answers = []
  for (const { entry, call, info } of JSON.parse(readFileSync(0, 'utf8'))) {
    const bytes = call.body ? { body: Buffer.from(call.body.data) } : {}
    const answer = await emulator.call(require(entry), { ...call, ...bytes }, info).catch((error) => ({ thrown: String(error.stack) }))
    answers.push(answer.kind === 'http' ? { ...answer, body: Buffer.from(answer.body).toString('base64') } : answer)
  }
  writeSync(3, JSON.stringify(answers))
  process.exit(0)
}
main().catch((error) => { console.error(error); process.exit(1) })
`
