import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { HttpAnswer } from '../../src/kit/src/index.ts'
import type { CloudEvent, Context } from '../../src/runtime/src/index.ts'
import { recordLog } from './log.ts'
import {
  entryOf,
  fire,
  header,
  type Module,
  member,
  platforms,
  type Request,
  send,
  senders,
  text,
} from './platforms.ts'
import { startServer } from './server-shape.ts'

const log = recordLog()
const local = platforms[0] as (typeof platforms)[0]

describe.each(platforms.map((platform) => [platform.name, platform] as const))('%s', (_, platform) => {
  describe('fetch', () => {
    async function fetched(module: Module, request: Request) {
      return send(platform, entryOf(platform.start, [member('f', { signature: 'fetch' })], { f: module }), request)
    }

    test("a module's default export", async () => {
      const app = {
        greeting: 'hello',
        async fetch(request: Request & globalThis.Request, ctx: Context) {
          const { url, method, headers } = request
          return Response.json(
            [this.greeting, new URL(url).pathname, method, headers.get('x-a'), await request.json(), ctx.function],
            { status: 201 },
          )
        },
      }
      const answer = await fetched(
        { default: app },
        {
          method: 'POST',
          url: '/a?b=1',
          headers: { host: 'example.com', 'x-a': '1', 'content-type': 'application/json' },
          body: '{"c":2}',
        },
      )
      expect([answer.status, JSON.parse(text(answer))]).toEqual([201, ['hello', '/a', 'POST', '1', { c: 2 }, 'f']])
    })

    test('a function, with a body that streams', async () => {
      const handler = () => new Response(new Blob(['a', 'b']).stream(), { headers: { 'content-type': 'text/plain' } })
      expect(text(await fetched({ handler }, {}))).toBe('ab')
    })

    test('any other result counts as well', async () => {
      expect(text(await fetched({ handler: () => 'plain' }, {}))).toBe('plain')
    })
  })

  describe('cloudevent', () => {
    const handler = (event: CloudEvent, ctx: Context) => ({
      type: event.type,
      data: event.data,
      extension: (event as unknown as { extra: string }).extra,
      by: ctx.function,
    })
    const sent = (request: Request) =>
      send(platform, entryOf(platform.start, [member('f', { signature: 'cloudevent' })], { f: { handler } }), request)

    test('over HTTP, in the binary mode', async () => {
      const headers = {
        'ce-specversion': '1.0',
        'ce-id': '1',
        'ce-source': '/s',
        'ce-type': 't',
        'ce-extra': 'x%20y',
        'content-type': 'application/json',
      }
      expect(JSON.parse(text(await sent({ method: 'POST', headers, body: '{"a":1}' })))).toEqual({
        type: 't',
        data: { a: 1 },
        extension: 'x y',
        by: 'f',
      })
    })

    test('over HTTP, in the structured mode', async () => {
      const event = { specversion: '1.0', id: '1', source: '/s', type: 't', extra: 'e', data: [1] }
      const request = {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json' },
        body: JSON.stringify(event),
      }
      expect(JSON.parse(text(await sent(request)))).toEqual({ type: 't', data: [1], extension: 'e', by: 'f' })
    })

    test('a request that is none', async () => {
      expect((await sent({ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status).toBe(
        400,
      )
    })
  })
})

describe.each(senders.map((platform) => [platform.name, platform] as const))('%s', (_, platform) => {
  test('a cloudevent handler gets the event first', async () => {
    const handler = (event: CloudEvent, ctx: Context) => [event.type, ctx.trigger.kind]
    const entry = entryOf(platform.start, [member('f', { signature: 'cloudevent' })], { f: { handler } })
    expect(await fire(platform, entry, { kind: 'timer', trigger: 'x', data: '' })).toEqual(['anyfaas.timer', 'timer'])
  })

  test.each(['fetch', 'express'] as const)('a handler of the signature %s cannot take an event', async (signature) => {
    const entry = entryOf(platform.start, [member('f', { signature })], { f: { handler: () => 'no' } })
    await expect(fire(platform, entry, { kind: 'event', data: 1 })).rejects.toThrow(
      `function "f" has the signature "${signature}", which takes HTTP requests only, and got an event of kind "event"`,
    )
    expect(log).toHaveLength(1)
  })

  describe('raw', () => {
    const raw = (module: Module) => entryOf(platform.start, [member('f', { signature: 'raw' })], { f: module })

    test("gets the platform's own event, and its result goes back", async () => {
      let seen: unknown[] = []
      const handler = async (...args: unknown[]) => {
        seen = args
        return { raw: true }
      }
      expect(await fire(platform, raw({ handler }), { kind: 'event', data: { a: 1 } })).toEqual({ raw: true })
      expect(seen).toHaveLength(2)
      const [event] = seen
      if (platform.name !== 'local')
        expect(event instanceof Uint8Array ? JSON.parse(Buffer.from(event).toString()) : event).toEqual({ a: 1 })
    })

    test('answers through a callback', async () => {
      const handler = (_event: unknown, _context: unknown, callback: (error: unknown, result: unknown) => void) => {
        setTimeout(() => callback(null, 'called back'), 1)
      }
      expect(await fire(platform, raw({ handler }), { kind: 'event', data: 1 })).toBe('called back')
    })

    test('fails through a callback', async () => {
      const handler = (_event: unknown, _context: unknown, callback: (error: unknown) => void) =>
        callback(new Error('no'))
      await expect(fire(platform, raw({ handler }), { kind: 'event', data: 1 })).rejects.toThrow('no')
    })

    test('beside others in an aggregate', async () => {
      const members = [
        member('a', { signature: 'raw', triggers: [{ kind: 'timer', name: 'a' }] }),
        member('b', { triggers: [{ kind: 'timer', name: 'b' }] }),
      ]
      const handler = (event: unknown) => (typeof event === 'object' ? 'raw' : 'not')
      const entry = entryOf(platform.start, members, { a: { handler }, b: { handler: () => 'b' } })
      expect(await fire(platform, entry, { kind: 'timer', trigger: 'a', data: '' })).toBe('raw')
      expect(await fire(platform, entry, { kind: 'timer', trigger: 'b', data: '' })).toBe('b')
    })
  })
})

describe('raw requests', () => {
  const platform = (name: string) => platforms.find((one) => one.name === name) as (typeof platforms)[0]
  const envelope = async () => ({ statusCode: 202, headers: { 'x-a': '1' }, isBase64Encoded: false, body: 'raw' })
  const onStream = (
    _request: unknown,
    response: {
      setStatusCode(status: number): void
      setHeader(name: string, value: string): void
      send(body: string): void
    },
  ) => {
    response.setStatusCode(202)
    response.setHeader('x-a', '1')
    response.send('raw')
  }
  const onServer = (_request: unknown, response: ServerResponse) => response.writeHead(202, { 'x-a': '1' }).end('raw')
  const reply = async () => ({ kind: 'http', status: 202, headers: [['x-a', '1']], body: 'raw' })
  const handlerFor = ({ name, start }: (typeof platforms)[0]) => {
    if (start === startServer) return onServer
    return name === 'local' ? reply : name === 'fc2 http trigger' ? onStream : envelope
  }

  test.each(platforms.map(({ name }) => name).filter((name) => !/load balancer|streamed/.test(name)))(
    '%s answers in its own words',
    async (name) => {
      for (const members of [
        [member('f', { signature: 'raw' })],
        [member('f', { signature: 'raw', routes: [{ path: '/*', methods: [] }] }), member('g')],
      ]) {
        const entry = entryOf(platform(name).start, members, {
          f: { handler: handlerFor(platform(name)) },
          g: { handler: () => 'g' },
        })
        const answer = await send(platform(name), entry, { method: 'POST', body: 'x' })
        expect([answer.status, header(answer, 'x-a'), text(answer)]).toEqual([202, '1', 'raw'])
      }
    },
  )

  const streamed = platform('lambda function url, streamed')
  const plain = platform('lambda function url')
  const seen = (answer: HttpAnswer) => [answer.status, answer.headers, text(answer)]

  test.each([
    [{ statusCode: 202, headers: { 'x-a': '1' }, isBase64Encoded: false, body: 'raw' }],
    [{ statusCode: 404, cookies: ['a=1', 'b=2'], body: 'aGk=', isBase64Encoded: true }],
    [{ statusCode: 204 }],
    [{ any: 'value' }],
    ['text'],
    [undefined],
  ])('among functions whose address streams, %j means what it means elsewhere', async (value) => {
    const members = [member('f', { signature: 'raw', routes: [{ path: '/*', methods: [] }] }), member('g')]
    const answers = [streamed, plain].map((shape) => {
      const entry = entryOf(shape.start, members, { f: { handler: () => value }, g: { handler: () => 'g' } })
      return send(shape, entry, { method: 'POST', body: 'x' })
    })
    const [inPieces, whole] = await Promise.all(answers)
    expect(inPieces && seen(inPieces)).toEqual(whole && seen(whole))
  })

  test('the local platform takes its own reply only', async () => {
    const entry = entryOf(local.start, [member('f', { signature: 'raw' })], { f: { handler: () => 'text' } })
    await expect(send(local, entry, {})).rejects.toThrow('a raw handler has to answer an HTTP request with')
  })
})
