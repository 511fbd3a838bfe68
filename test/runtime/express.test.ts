import { describe, expect, test, vi } from 'vitest'
import { recordLog } from './log.ts'
import { entryOf, header, headers, member, platforms, type Request, send, text } from './platforms.ts'

const log = recordLog()
const local = platforms[0] as (typeof platforms)[0]

// biome-ignore lint/suspicious/noExplicitAny: a plain handler is written without types.
type Plain = (req: any, res: any, next: (error?: unknown) => void) => unknown

async function answer(handler: Plain, request: Request = {}, path = '/*') {
  const entry = entryOf(
    local.start,
    [member('f', { signature: 'express', routes: [{ path, methods: [] }], timeoutSec: 0.2 })],
    { f: { handler } },
  )
  return send(local, entry, request)
}

test.each(platforms.map((platform) => [platform.name, platform] as const))(
  'a plain handler on %s',
  async (_, platform) => {
    const handler: Plain = (req, res) =>
      res
        .status(201)
        .set('x-a', req.get('X-B'))
        .json({ method: req.method, query: req.query, params: req.params, body: req.body })
    const members = [member('f', { signature: 'express', routes: [{ path: '/u/:id', methods: [] }] })]
    const entry = entryOf(platform.start, members, { f: { handler } })
    const request = {
      method: 'PUT',
      url: '/u/7?q=1',
      headers: { 'x-b': 'b', 'content-type': 'application/json' },
      body: '{"a":1}',
    }
    const result = await send(platform, entry, request)
    expect([result.status, header(result, 'x-a'), JSON.parse(text(result))]).toEqual([
      201,
      'b',
      { method: 'PUT', query: { q: '1' }, params: { id: '7' }, body: { a: 1 } },
    ])
  },
)

describe('the answer', () => {
  const type = 'content-type'
  const cases: [string, Plain, [number, string | undefined, string]][] = [
    ['end', (_req, res) => res.end('hello'), [200, 'text/plain; charset=utf-8', 'hello']],
    ['end with bytes', (_req, res) => res.end(Buffer.from([0x41])), [200, 'application/octet-stream', 'A']],
    ['end without a body', (_req, res) => res.end(), [200, undefined, '']],
    [
      'write and end',
      (_req, res) => {
        res.write('a')
        res.write('YmM=', 'base64')
        res.end('d')
      },
      [200, 'application/octet-stream', 'abcd'],
    ],
    ['writeHead', (_req, res) => res.writeHead(418, { 'Content-Type': 'text/x' }).end('tea'), [418, 'text/x', 'tea']],
    [
      'writeHead with a message',
      (_req, res) => res.writeHead(418, 'Teapot', { 'x-a': '1' }).end('tea'),
      [418, 'text/plain; charset=utf-8', 'tea'],
    ],
    ['send a text', (_req, res) => res.send('hi'), [200, 'text/html; charset=utf-8', 'hi']],
    ['send an object', (_req, res) => res.send({ a: 1 }), [200, 'application/json; charset=utf-8', '{"a":1}']],
    ['send a number', (_req, res) => res.type('text').send(7), [200, 'text/plain; charset=utf-8', '7']],
    ['json', (_req, res) => res.json(null), [200, 'application/json; charset=utf-8', 'null']],
    ['sendStatus', (_req, res) => res.sendStatus(404), [404, 'text/plain; charset=utf-8', 'Not Found']],
    [
      'statusCode',
      (_req, res) => {
        res.statusCode = 204
        res.end()
      },
      [204, undefined, ''],
    ],
    [
      'later',
      (_req, res) => {
        setTimeout(() => res.end('later'), 5)
      },
      [200, 'text/plain; charset=utf-8', 'later'],
    ],
    ['next', (_req, _res, next) => next(), [404, 'text/plain; charset=utf-8', 'Not Found']],
    [
      'next with an error',
      (_req, _res, next) => next(Object.assign(new Error('no'), { status: 409 })),
      [409, 'text/plain; charset=utf-8', 'no'],
    ],
    [
      'a throw',
      () => {
        throw Object.assign(new Error('no'), { status: 409 })
      },
      [409, 'text/plain; charset=utf-8', 'no'],
    ],
    [
      'a rejection',
      async () => {
        throw Object.assign(new Error('no'), { status: 409 })
      },
      [409, 'text/plain; charset=utf-8', 'no'],
    ],
    [
      'a throw while the request streams',
      (req) => {
        req.on('data', () => {
          throw Object.assign(new Error('no'), { status: 409 })
        })
      },
      [409, 'text/plain; charset=utf-8', 'no'],
    ],
  ]
  test.each(cases)('%s', async (_, handler, [status, contentType, body]) => {
    const got = await answer(handler, { method: 'POST', body: 'x' })
    expect([got.status, header(got, type), text(got)]).toEqual([status, contentType, body])
  })

  test('a redirect in both orders', async () => {
    for (const [handler, status] of [
      [(_req, res) => res.redirect('/b'), 302],
      [(_req, res) => res.redirect(301, '/b'), 301],
    ] as [Plain, number][]) {
      const got = await answer(handler)
      expect([got.status, header(got, 'location'), text(got)]).toEqual([status, '/b', ''])
    }
  })

  test('headers and cookies', async () => {
    const seen: unknown[] = []
    const handler: Plain = (_req, res) => {
      res
        .setHeader('X-A', ['1', '2'])
        .append('x-b', '1')
        .append('x-b', '2')
        .header('x-c', '3')
        .set({ 'x-d': 4 })
        .vary('Origin')
        .vary('Accept')
      res.cookie('a', 'x y').cookie('b', { c: 1 }, { httpOnly: true }).clearCookie('d')
      res.removeHeader('x-c')
      seen.push(
        res.getHeader('x-a'),
        res.hasHeader('x-c'),
        res.get('x-b'),
        Object.keys(res.getHeaders()).includes('x-d'),
        res.headersSent,
      )
      res.end('ok')
      seen.push(res.headersSent, res.writableEnded, res.finished)
    }
    const got = await answer(handler)
    expect(seen).toEqual([['1', '2'], false, '1, 2', true, false, true, true, true])
    expect([headers(got, 'x-a'), headers(got, 'x-b'), headers(got, 'vary')]).toEqual([
      ['1', '2'],
      ['1', '2'],
      ['Origin, Accept'],
    ])
    expect(headers(got, 'set-cookie')).toEqual([
      'a=x%20y; Path=/',
      'b=j%3A%7B%22c%22%3A1%7D; Path=/; HttpOnly',
      'd=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/',
    ])
  })

  test('its events and callbacks', async () => {
    const events: string[] = []
    const handler: Plain = (_req, res) => {
      res.on('finish', () => events.push('finish')).once('close', () => events.push('close'))
      res.write('a', () => events.push('written'))
      res.end('b', () => events.push('ended'))
    }
    await answer(handler)
    await vi.waitFor(() => expect(events).toEqual(['finish', 'close', 'written', 'ended']))
  })

  test('once is enough', async () => {
    const errors: string[] = []
    const handler: Plain = (_req, res) => {
      res.end('first')
      for (const again of [
        () => res.send({}),
        () => res.setHeader('a', '1'),
        () => res.write('x'),
        () => res.end('ignored'),
      ]) {
        try {
          again()
        } catch (error) {
          errors.push((error as Error).message)
        }
      }
    }
    expect(text(await answer(handler))).toBe('first')
    expect(errors).toEqual([
      'the answer was sent before',
      'header "a" comes after the answer was sent',
      'write after end',
    ])
  })

  test('an error after the answer is logged', async () => {
    const handler: Plain = async (_req, res) => {
      res.end('fine')
      throw new Error('afterwards')
    }
    expect(text(await answer(handler))).toBe('fine')
    expect(log.map(({ error }) => error.message)).toEqual(['afterwards'])
  })

  test('none at all is a timeout', async () => {
    expect((await answer(() => undefined)).status).toBe(504)
    expect((await answer(async () => undefined)).status).toBe(504)
  })
})
