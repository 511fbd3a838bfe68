import { describe, expect, it, vi } from 'vitest'
import { emulator as fc3 } from '../../plugins/aliyun/src/runtime/fc3/emulator.ts'
import { emulator as lambda } from '../../plugins/aws/src/runtime/lambda/emulator.ts'
import { emulator as scf } from '../../plugins/tencent/src/runtime/scf/emulator.ts'
import type { Emulator } from '../../src/kit/src/index.ts'
import { fromHandler, type ServerCall } from '../../src/runtime/server/index.ts'
import type { HttpContext } from '../../src/runtime/src/index.ts'
import { httpCall, info } from '../runtime/platforms.ts'
import { ask, cleanServers, start } from './asking.ts'

const printed = cleanServers()

const PLATFORMS: Readonly<Record<string, Emulator>> = { fc3, lambda, scf }

describe.each(Object.entries(PLATFORMS))('a call of %s', (name, emulator) => {
  const headersOf = (kind: 'http' | 'event') =>
    emulator.server?.headers(kind === 'http' ? httpCall({}) : { kind, data: {} }, info) ?? []

  it('brings what the platform says of it', async () => {
    let seen: ServerCall | undefined
    const port = await start({
      request: (_, res, call) => {
        seen = call
        res.end('ok')
      },
    })
    expect(await ask(port, { method: 'GET', path: '/x', headers: headersOf('http') })).toMatchObject({
      status: 200,
      body: 'ok',
    })
    expect(seen).toMatchObject({ requestId: info.requestId, function: info.function })
    if (name !== 'lambda')
      expect(seen).toMatchObject({ region: info.region, memoryMb: info.memoryMb, timeoutSec: info.timeoutSec })
  })

  // Not every platform posts events to servers.
  if (emulator.server?.eventPath !== undefined)
    it('brings its event and takes the result', async () => {
      const port = await start({ event: (event, call) => ({ event, id: call.requestId }) })
      const answer = await ask(port, { headers: headersOf('event'), body: '{"a":"€"}' })
      expect({ ...answer, body: JSON.parse(answer.body) }).toMatchObject({
        status: 200,
        mark: '200',
        body: { event: { a: '€' }, id: info.requestId },
      })
      const marks = [`FC Invoke Start RequestId: ${info.requestId}\n`, `FC Invoke End RequestId: ${info.requestId}\n`]
      expect(printed).toEqual(name === 'fc3' ? marks : [])
    })
})

describe('a server', () => {
  it('initializes once, before the first call, however many wait', async () => {
    const order: string[] = []
    const port = await start({
      initialize: async () => {
        order.push('begin')
        await new Promise((done) => setTimeout(done, 20))
        order.push('end')
      },
      request: (_, res) => {
        order.push('call')
        res.end()
      },
    })
    await Promise.all([1, 2, 3].map(() => ask(port, { method: 'GET', path: '/' })))
    expect(order).toEqual(['begin', 'end', 'call', 'call', 'call'])
  })

  it('tells the platform that initializing failed, and tries again', async () => {
    let tries = 0
    const port = await start({
      initialize: () => {
        if (++tries === 1) throw new TypeError('not yet')
      },
      event: () => 'done',
    })
    const first = await ask(port, { path: '/initialize', headers: [['x-fc-control-path', '/initialize']] })
    expect(first).toMatchObject({
      status: 404,
      mark: '404',
      body: '{"errorType":"TypeError","errorMessage":"not yet"}',
    })
    expect(await ask(port, {})).toMatchObject({ status: 200, body: 'done', type: 'text/plain' })
    expect(tries).toBe(2)
  })

  it('counts a failed event as failed, and a failed request as a status', async () => {
    const fail = () => {
      throw new RangeError('on purpose')
    }
    const port = await start({ event: fail, request: fail })
    expect(await ask(port, { body: 'text' })).toMatchObject({
      status: 404,
      mark: '404',
      body: '{"errorType":"RangeError","errorMessage":"on purpose"}',
    })
    expect(await ask(port, { method: 'GET', path: '/' })).toMatchObject({
      status: 500,
      body: 'Internal Server Error',
      mark: undefined,
    })
    expect(printed.join('')).toMatch(/^\[\] Invoke failed: RangeError: on purpose\n/)
    printed.length = 0
    await ask(port, { body: 'text', headers: [['x-fc-request-id', 'r']] })
    expect(printed.join('')).toMatch(
      /^FC Invoke Start RequestId: r\nFC Invoke End RequestId: r, Error: RangeError: on purpose\n/,
    )
  })

  it('takes a request of a client to such a path for what it is', async () => {
    const port = await start({
      request: (req, res) => res.end(`request ${req.method} ${req.url}`),
      event: () => 'event',
    })
    const headers = [['x-fc-control-path', '/http-invoke']] as const
    expect(await ask(port, { headers })).toMatchObject({ body: 'request POST /invoke' })
    expect(await ask(port, { path: '/other', headers: [['x-fc-control-path', '/invoke']] })).toMatchObject({
      body: 'event',
    })
    expect(await ask(port, { method: 'GET' })).toMatchObject({ body: 'request GET /invoke' })
  })

  it('stops once, when it is asked to', async () => {
    const stop = vi.fn()
    const port = await start({ stop })
    const asked = { method: 'GET', path: '/pre-stop', headers: [['x-fc-control-path', '/pre-stop']] as const }
    expect([(await ask(port, asked)).status, (await ask(port, asked)).status]).toEqual([200, 200])
    expect(stop).toHaveBeenCalledTimes(1)
  })

  it('answers what it has no handler for', async () => {
    const port = await start({})
    expect(await ask(port, { method: 'GET', path: '/' })).toMatchObject({ status: 404 })
    expect(await ask(port, { body: '{}' })).toMatchObject({ status: 404, mark: '404' })
  })

  it('survives headers that are lies', async () => {
    const port = await start({ request: (_, res, call) => res.end(JSON.stringify([call.requestId, call.memoryMb])) })
    const headers = [
      ['x-amzn-lambda-context', '{"request_id":'],
      ['x-fc-function-memory', 'much'],
    ] as const
    expect(await ask(port, { method: 'GET', path: '/', headers })).toMatchObject({ status: 200, body: '["",null]' })
  })
})

describe('a handler as managed runtimes have it', () => {
  it('answers requests, and takes events as CloudEvents', async () => {
    const seen: unknown[] = []
    const handler = (ctx: HttpContext, event?: { type: string; data: unknown }) => {
      if (event === undefined) return { path: ctx.path, id: ctx.requestId, a: ctx.query['a'], body: ctx.request.body }
      return seen.push([event.type, event.data, ctx.requestId])
    }
    const port = await start(fromHandler(handler))
    const headers = fc3.server?.headers(httpCall({}), info) ?? []
    const json = [...headers, ['content-type', 'application/json'] as const]
    const answer = await ask(port, { path: '/x%20y?a=1', headers: json, body: '{"b":2}' })
    expect(JSON.parse(answer.body)).toEqual({ path: '/x%20y', id: info.requestId, a: '1', body: { b: 2 } })
    const event = fc3.server?.headers({ kind: 'event', data: {} }, info) ?? []
    const sent = { specversion: '1.0', type: 'anyfaas.timer', source: '/s', id: '1', data: { name: 'n' } }
    expect((await ask(port, { headers: event, body: '{"any":1}' })).status).toBe(200)
    expect((await ask(port, { headers: event, body: JSON.stringify(sent) })).status).toBe(200)
    expect(seen).toEqual([
      ['anyfaas.event', { any: 1 }, info.requestId],
      ['anyfaas.timer', { name: 'n' }, info.requestId],
    ])
  })

  it('says so when it fails', async () => {
    const port = await start(fromHandler(() => Promise.reject(new TypeError('on purpose')), { timeoutSec: 5 }))
    const headers = fc3.server?.headers({ kind: 'event', data: {} }, info) ?? []
    expect(await ask(port, { headers, body: '{}' })).toMatchObject({ status: 404, mark: '404' })
    expect((await ask(port, { method: 'GET', path: '/' })).status).toBe(500)
  })
})
