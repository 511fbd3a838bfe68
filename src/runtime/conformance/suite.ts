import { isDeepStrictEqual } from 'node:util'
import type { Manifest, Member, Start } from '@anyfaas/runtime'
import { answers } from './cases/answers.ts'
import { bodies } from './cases/bodies.ts'
import type { Case, Exception, Request, Seen } from './cases/case.ts'
import { cors } from './cases/cors.ts'
import { errors } from './cases/errors.ts'
import { large, methods, paths, signatures, statuses, types } from './cases/more.ts'
import { requests } from './cases/requests.ts'
import { results } from './cases/results.ts'

/** A request as a client sends it. */
export interface ClientCall {
  readonly kind: 'http'
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: Uint8Array
}

/** What the client gets back; an emulator's other answers are no concern of this suite. */
export interface ClientAnswer {
  readonly kind: 'http'
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array
}

/** What an entry exports. */
export interface Callable {
  readonly handler: (...args: never[]) => unknown
}

/** Somebody who plays the platform: as much of `Emulator` of the kit as the suite needs. */
export interface Player {
  call(
    entry: { handler: (...args: never[]) => unknown },
    call: ClientCall,
    info: typeof INFO,
  ): Promise<{ kind: string }>
}

/** One shape in which a platform calls: its half of the runtime, and somebody who plays it. */
export interface Shape {
  readonly name: string
  readonly start: Start
  readonly emulator: Player
  /** The name of a case -> what cannot be here, and why. */
  readonly except?: Readonly<Record<string, Exception>>
}

/** Group -> the cases that every shape has to pass. */
export const conformance: Readonly<Record<string, readonly Case[]>> = {
  requests,
  methods,
  paths,
  bodies,
  large,
  results,
  answers,
  statuses,
  types,
  errors,
  cors,
  signatures,
}

/**
 * Runs one case on one shape. What is not as it has to be comes back in words; nothing means that the shape conforms.
 * `NODE_ENV` must not be `development`: there, answers to errors carry their stack.
 */
export async function examine(one: Case, shape: Shape): Promise<readonly string[]> {
  const exception = shape.except?.[one.name]
  const call = shape.emulator.call(entryOf(one, shape.start), httpCall(one.request), INFO)
  if (exception && exception.status === undefined && exception.body === undefined) {
    // What comes of it is not said; that the platform survives is.
    return await call.then(
      () => [],
      (error) => (error instanceof Error ? [] : [`it rejects with ${String(error)}`]),
    )
  }
  const answer = await call
  return isHttp(answer) ? compare(answer, exception ?? one.sees) : ['the answer is none of HTTP']
}

export function httpCall({ method = 'GET', url = '/', headers = {}, body }: Request): ClientCall {
  const list = Array.isArray(headers) ? headers : Object.entries(headers)
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  return { kind: 'http', method, url, headers: list, ...(bytes && { body: bytes }) }
}

const INFO = {
  service: 'shop',
  function: 'front',
  stage: 'dev',
  requestId: 'request-1',
  time: Date.UTC(2026, 0, 2, 3, 4, 5),
  timeoutSec: 30,
  memoryMb: 512,
  region: 'cn-hangzhou',
}

function entryOf(
  { handler, path = '/*', methods: list = [], cors: rule, signature = 'context' }: Case,
  start: Start,
): Callable {
  const run = typeof handler === 'function' ? handler : Object.values(handler)[0]
  const routes = [{ path, methods: list, ...(rule && { cors: rule }) }]
  const member: Member = { name: 'f', handler: 'handler', signature, routes, triggers: [], timeoutSec: 30 }
  const manifest: Manifest = { service: 'shop', stage: 'dev', provider: 'any', function: 'front', members: [member] }
  return start(manifest, { f: { handler: async () => ({ handler: run }) } }) as {
    handler: (...args: never[]) => unknown
  }
}

function isHttp(answer: { readonly kind: string }): answer is ClientAnswer {
  return answer.kind === 'http'
}

function compare(answer: ClientAnswer, seen: Seen): string[] {
  const differences = [bodyDifference(answer.body, seen.body)]
  if (seen.status !== undefined) differences.push(difference('status', answer.status, seen.status))
  for (const [name, value] of Object.entries(seen.headers ?? {}))
    differences.push(difference(`header ${name}`, joined(answer, name), value))
  if (seen.cookies) differences.push(difference('cookies', valuesOf(answer, 'set-cookie'), seen.cookies))
  return differences.filter((text) => text !== undefined)
}

function bodyDifference(bytes: Uint8Array, expected: unknown): string | undefined {
  const text = Buffer.from(bytes).toString('utf8')
  if (expected === undefined) return undefined
  if (expected instanceof Uint8Array)
    return Buffer.from(bytes).equals(Buffer.from(expected)) ? undefined : `the body's bytes are not what they were`
  if (typeof expected === 'string') return difference('body', text, expected)
  try {
    return difference('body', JSON.parse(text), expected)
  } catch {
    return `the body is no JSON: ${text.slice(0, 200)}`
  }
}

function difference(what: string, actual: unknown, expected: unknown): string | undefined {
  if (isDeepStrictEqual(actual, expected)) return undefined
  const short = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 200)
  return `${what} is ${short(actual)}, not ${short(expected)}`
}

// Several headers of one name and one with commas say the same.
function joined(answer: ClientAnswer, name: string): string | undefined {
  const values = valuesOf(answer, name)
  return values.length === 0 ? undefined : values.join(',')
}

function valuesOf(answer: ClientAnswer, name: string): string[] {
  return answer.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}
