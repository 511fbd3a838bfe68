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
  readonly midway?: readonly Difference[]
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
const FC = ['fc2 http trigger', 'fc2 gateway']
const SCF = ['scf gateway']
// Its starter for FC tests for the text 'undefined' where it means undefined.
const WORD = { status: 200, body: 'undefined' }
const DROPPED: readonly Difference[] = [
  { on: FC, sees: WORD, why: FALSY },
  { on: SCF, sees: LOST, why: FALSY },
]

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
  nothing: {
    handler: async () => undefined,
    sees: LOST,
    midway: [{ on: FC, sees: WORD, why: 'no answer is no body, not a word for it' }],
  },
  'an empty text': { handler: async () => '', sees: { status: 200, body: '' }, midway: DROPPED },
  zero: { handler: async () => 0, sees: { status: 200, body: '0' }, midway: DROPPED },
  false: { handler: async () => false, sees: { status: 200, body: 'false' }, midway: DROPPED },
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
    midway: [{ on: ['fc2 http trigger'], sees: { status: 500 }, why: 'a PATCH has a body; it is never read there' }],
  },
  'malformed JSON': {
    handler: async (ctx) => ctx.request.body,
    request: { ...JSON_BODY, body: '{"a":' },
    sees: { status: 400 },
    midway: [{ sees: { status: 500 }, why: 'the client has made the mistake, not the function' }],
  },
  'a redirect': { handler: async (ctx) => ctx.redirect('/there'), sees: { status: 302 } },
  'several cookies': {
    handler: async (ctx) => {
      ctx.set('set-cookie', ['a=1', 'b=2'])
      return 'ok'
    },
    sees: { status: 200, cookies: ['a=1', 'b=2'] },
    midway: [
      {
        on: ['fc2 gateway'],
        sees: { cookies: ['a=1'] },
        why: 'header names that differ in case carry several cookies through one text a header',
      },
    ],
  },
  'a failure': {
    handler: async () => {
      throw new Error('on purpose')
    },
    sees: { status: 500, body: 'Internal Server Error', type: 'text/plain' },
    midway: [
      {
        on: ['fc2 gateway', 'scf gateway'],
        sees: { status: 500, body: 'Internal Server Error', type: undefined },
        why: 'a body without a type is guessed at by gateways and browsers',
      },
    ],
  },
  'a refusal': {
    handler: async () => {
      throw Object.assign(new Error('no such thing'), { status: 404 })
    },
    sees: { status: 404, body: 'no such thing' },
    midway: [
      {
        sees: { status: 404, body: 'Internal Server Error' },
        why: 'a status below 500 is for the client, and so is its message',
      },
    ],
  },
  'binary bytes in': {
    handler: async (ctx) => ({ bytes: Buffer.from(ctx.request.body as Uint8Array).toString('hex') }),
    request: { method: 'POST', body: Buffer.from([0, 255, 128]), headers: { 'content-type': 'image/png' } },
    sees: { status: 200, body: json({ bytes: '00ff80' }) },
    midway: [
      {
        sees: { body: json({ bytes: '00efbfbdefbfbd' }) },
        why: 'bytes that are no text do not survive being read as text',
      },
    ],
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
    const differs = midway?.find(({ on = SHAPES }) => on.includes(shape))
    expect({ why: differs?.why, ...theirs }).toMatchObject(differs?.sees ?? sees)
  })
})

// Handlers of midway get the vendor's own event; ours get one form on every platform, and the vendor's beside it.
describe.runIf(judge).each(['fc2 http trigger', 'scf function url'])('an event of %s', (shape) => {
  const platform = senders.find(({ name }) => name === shape) as Platform

  it.each([
    ['a timer', { kind: 'timer' as const, trigger: 'nightly', data: { a: 1 } }],
    ['any other', { kind: 'event' as const, data: { order: 7, name: '€' } }],
  ])('%s', async (_, call) => {
    const handler = async (ctx: Ctx & { readonly originEvent: unknown }, event: unknown) => ({
      event,
      origin: ctx.originEvent,
    })
    const triggers = [{ kind: 'timer', name: 'nightly' }]
    const entry = entryOf(platform.start, [member('f', { triggers })], { f: { handler } as Module })
    const ours = (await fire(platform, entry, call)) as {
      readonly event: { readonly type: string }
      readonly origin: unknown
    }
    const theirs = (await fire(platform, await midwayEntry(shape, handler as Handler), call)) as {
      readonly event: unknown
    }
    expect(ours.event.type).toBe(`anyfaas.${call.kind}`)
    expect(theirs.event).toEqual(parsed(ours.origin))
  })
})

// The platform hands over bytes, and they arrive here through JSON.
function parsed(origin: unknown): unknown {
  const { data } = origin as { readonly data?: unknown }
  return Array.isArray(data) ? JSON.parse(Buffer.from(data as number[]).toString()) : origin
}

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

async function midwayEntry(shape: string, own: Handler): Promise<Entry> {
  const require = createRequire(join(judgeFolder('midway'), 'x.js'))
  const { start, asyncWrapper } = require(
    `@midwayjs/serverless-${shape.slice(0, 2) === 'fc' ? 'fc' : 'scf'}-starter`,
  ) as Starter
  const run = (await start({})).asyncEvent(own)
  // The generated entry of midway: it waits for the answer, and takes a callback.
  const entry = asyncWrapper(async (...args: unknown[]) => await run(...args))
  // The starter knows an HTTP trigger's request by its class, or by a proxy.
  const trigger = async (req: object, res: unknown, context: object) => await run(new Proxy(req, {}), res, context)
  const handler = (first: object, second: unknown, third: unknown) =>
    typeof third === 'object' && third
      ? trigger(first, second, third)
      : entry(...[first, second, third].slice(0, third ? 3 : 2))
  return { handler } as unknown as Entry
}
