import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Entry, HttpAnswer } from '../../src/kit/src/index.ts'
import { has, judgeFolder } from '../peers.ts'
import { recordLog } from '../runtime/log.ts'
import {
  entryOf,
  fire,
  headers,
  type Module,
  member,
  type Platform,
  platforms,
  type Request,
  send,
  senders,
  text,
} from '../runtime/platforms.ts'

// A second opinion: the starters of midway get the same handlers and the same requests. Where the two differ, the table
// says what midway answers, who is right, and why.

type Handler = (ctx: Ctx, event?: unknown) => unknown

// What both contexts have.
interface Ctx {
  readonly method: string
  readonly path: string
  readonly query: Record<string, unknown>
  readonly headers: Record<string, string>
  readonly request: { readonly body: unknown }
  status: number
  body: unknown
  set(name: string, value: string | string[]): void
  get(name: string): string
  redirect(url: string): void
}

interface Seen {
  readonly status: number
  readonly body: string
  readonly type: string | undefined
  readonly cookies: readonly string[]
}

interface Case {
  readonly handler: Handler
  readonly request?: Request
  readonly sees: Partial<Seen>
  /** What midway answers instead, on the shapes that are named, and why ours is right. */
  readonly midway?: Difference
}

interface Difference {
  readonly on?: readonly string[]
  readonly sees: Partial<Seen>
  readonly why: string
}

const json = (value: unknown): string => JSON.stringify(value)
const JSON_BODY = {
  method: 'POST',
  body: json({ a: '€' }),
  headers: { 'content-type': 'application/json; charset=utf-8' },
}
const FALSY = 'an empty text, 0 and false are answers: what is returned counts unless it is undefined'
const LOST = { status: 204, body: '' }

const cases: Readonly<Record<string, Case>> = {
  'a text': { handler: async () => 'hello', sees: { status: 200, body: 'hello', type: 'text/plain' } },
  'a page': { handler: async () => '<p>hi</p>', sees: { status: 200, body: '<p>hi</p>', type: 'text/html' } },
  'an object': {
    handler: async () => ({ a: ['€'] }),
    sees: { status: 200, body: json({ a: ['€'] }), type: 'application/json' },
  },
  bytes: {
    handler: async () => Buffer.from('abc'),
    sees: { status: 200, body: 'abc', type: 'application/octet-stream' },
  },
  'a status and a body set': {
    handler: async (ctx) => {
      ctx.status = 201
      ctx.body = { ok: 1 }
    },
    sees: { status: 201, body: '{"ok":1}', type: 'application/json' },
  },
  nothing: { handler: async () => undefined, sees: LOST },
  'an empty text': { handler: async () => '', sees: { status: 200, body: '' }, midway: { sees: LOST, why: FALSY } },
  zero: { handler: async () => 0, sees: { status: 200, body: '0' }, midway: { sees: LOST, why: FALSY } },
  false: { handler: async () => false, sees: { status: 200, body: 'false' }, midway: { sees: LOST, why: FALSY } },
  'a query': {
    handler: async ({ query, path, method }) => ({ query, path, method }),
    request: { url: '/a/b?x=1&y=a%20b' },
    sees: { body: json({ query: { x: '1', y: 'a b' }, path: '/a/b', method: 'GET' }) },
  },
  'a JSON body': {
    handler: async (ctx) => ctx.request.body,
    request: JSON_BODY,
    sees: { status: 200, body: json({ a: '€' }) },
  },
  'a form': {
    handler: async (ctx) => ({ ...(ctx.request.body as object) }),
    request: { method: 'POST', body: 'a=1&b=x+y', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    sees: { status: 200, body: json({ a: '1', b: 'x y' }) },
  },
  'a PATCH': {
    handler: async (ctx) => ({ got: ctx.request.body }),
    request: { ...JSON_BODY, method: 'PATCH' },
    sees: { body: json({ got: { a: '€' } }) },
  },
  'malformed JSON': {
    handler: async (ctx) => ctx.request.body,
    request: { ...JSON_BODY, body: '{"a":' },
    sees: { status: 400 },
  },
  'a redirect': { handler: async (ctx) => ctx.redirect('/there'), sees: { status: 302 } },
  'several cookies': {
    handler: async (ctx) => {
      ctx.set('set-cookie', ['a=1', 'b=2'])
      return 'ok'
    },
    sees: { status: 200, cookies: ['a=1', 'b=2'] },
  },
  'a failure': {
    handler: async () => {
      throw new Error('on purpose')
    },
    sees: { status: 500, body: 'Internal Server Error', type: 'text/plain' },
  },
  'a refusal': {
    handler: async () => {
      throw Object.assign(new Error('no such thing'), { status: 404 })
    },
    sees: { status: 404, body: 'no such thing' },
  },
  'binary bytes in': {
    handler: async (ctx) => ({ bytes: Buffer.from(ctx.request.body as Uint8Array).toString('hex') }),
    request: { method: 'POST', body: Buffer.from([0, 255, 128]), headers: { 'content-type': 'image/png' } },
    sees: { status: 200, body: json({ bytes: '00ff80' }) },
  },
}

const SHAPES = ['fc2 http trigger', 'fc2 gateway', 'scf gateway'] as const
const judge = has('the starters of midway')
recordLog()
beforeAll(() => void vi.stubEnv('NODE_ENV', 'production'))
afterAll(() => void vi.unstubAllEnvs())

describe.runIf(judge).each(SHAPES)('a request through %s', (shape) => {
  const platform = platforms.find(({ name }) => name === shape) as Platform

  it.each(Object.entries(cases))('%s', async (_, { handler, request = {}, sees, midway }) => {
    const ours = seen(
      await send(platform, entryOf(platform.start, [member('f')], { f: { handler } as Module }), request),
    )
    expect(ours).toMatchObject(sees)
    const theirs = seen(await send(platform, await midwayEntry(shape, handler), request).catch(failed))
    const differs = midway && (midway.on ?? SHAPES).includes(shape)
    expect({ why: midway?.why, ...theirs }).toMatchObject(differs ? midway.sees : sees)
  })
})

function failed(error: unknown): HttpAnswer {
  return { kind: 'http', status: 0, headers: [], body: Buffer.from(String(error)) }
}

function seen(answer: HttpAnswer): Seen {
  const [type] = headers(answer, 'content-type')
  return {
    status: answer.status,
    body: text(answer),
    type: type?.replace(/;.*/, ''),
    cookies: headers(answer, 'set-cookie'),
  }
}

interface Starter {
  start(options?: object): Promise<{ asyncEvent(handler: Handler): (...args: unknown[]) => Promise<unknown> }>
  asyncWrapper(handler: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown
}

async function midwayEntry(shape: string, handler: Handler): Promise<Entry> {
  const require = createRequire(join(judgeFolder('midway'), 'x.js'))
  const { start, asyncWrapper } = require(
    `@midwayjs/serverless-${shape.slice(0, 2) === 'fc' ? 'fc' : 'scf'}-starter`,
  ) as Starter
  const run = (await start({})).asyncEvent(handler)
  // The generated entry of midway: it waits for the answer, and takes a callback.
  const entry = asyncWrapper(async (...args: unknown[]) => await run(...args))
  const isTrigger = shape === 'fc2 http trigger'
  // The starter knows the platform's request by its class, or by a proxy.
  return {
    handler: isTrigger
      ? async (req: object, res: object, context: object) => await run(new Proxy(req, {}), res, context)
      : entry,
  } as unknown as Entry
}

void fire
void senders
