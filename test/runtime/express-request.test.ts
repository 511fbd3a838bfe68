import { describe, expect, test } from 'vitest'
import { recordLog } from './log.ts'
import { entryOf, member, platforms, type Request, send, text } from './platforms.ts'

recordLog()
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

describe('the request', () => {
  test('as a stream of events', async () => {
    const handler: Plain = (req, res) => {
      const chunks: Buffer[] = []
      req.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => res.end(Buffer.concat(chunks)))
    }
    expect(text(await answer(handler, { method: 'POST', body: 'streamed' }))).toBe('streamed')
  })

  test('as an iterable of texts', async () => {
    const handler: Plain = async (req, res) => {
      let all = ''
      req.setEncoding('utf8')
      for await (const chunk of req) all += chunk
      res.end(all)
    }
    expect(text(await answer(handler, { method: 'POST', body: '\u00e9' }))).toBe('\u00e9')
  })

  test('its fields can be replaced, as middleware does', async () => {
    const handler: Plain = (req, res) => {
      req.body = { parsed: true }
      req.params = { id: 'x' }
      req.query = {}
      req.url = '/other'
      res.send([req.body, req.params, req.query, req.url, req.originalUrl])
    }
    expect(JSON.parse(text(await answer(handler, { url: '/a?b=1' })))).toEqual([
      { parsed: true },
      { id: 'x' },
      {},
      '/other',
      '/a?b=1',
    ])
  })

  test('who asks', async () => {
    const handler: Plain = (req, res) =>
      res.json([
        req.ip,
        req.hostname,
        req.host,
        req.protocol,
        req.secure,
        req.path,
        req.cookies,
        req.socket.remoteAddress,
        req.is('json'),
        req.accepts('html'),
      ])
    const request = {
      url: '/a?b',
      headers: { host: 'h:1', cookie: 'a=1', accept: 'text/html', 'x-forwarded-proto': 'http' },
    }
    expect(JSON.parse(text(await answer(handler, request)))).toEqual([
      '127.0.0.1',
      'h',
      'h:1',
      'http',
      false,
      '/a',
      { a: '1' },
      '127.0.0.1',
      false,
      'html',
    ])
  })
})
