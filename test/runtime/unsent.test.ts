import { connect } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { start as startFc2 } from '../../plugins/aliyun/src/runtime/fc2/start.ts'
import { functionUrl } from '../../plugins/aws/src/runtime/lambda/shape-v2.ts'
import { fromManifest } from '../../src/runtime/server/index.ts'
import type { Start } from '../../src/runtime/src/index.ts'
import { ask, cleanServers, start as startServing } from '../server/asking.ts'
import { recordLog } from './log.ts'
import { entryOf, httpCall, info, manifestOf, member, platforms, send, text } from './platforms.ts'
import { type Streaming, startStreamed } from './stream-shape.ts'

// The class `platform` where it reaches the runtime: the platform does not take the answer. Nobody may wait for ever, the
// process stays, nothing is left without an owner, and the next call is answered. The local platform's own half is in
// test/local/unreachable.test.ts.

const log = recordLog()
cleanServers()

const GONE = new Error('the connection is gone')

/** A stream that never ends by itself, and what became of it. */
function endless() {
  const seen = { given: 0, isClosed: false }
  async function* body() {
    try {
      for (;;) {
        seen.given++
        yield Buffer.alloc(1 << 16)
        await setImmediate()
      }
    } finally {
      seen.isClosed = true
    }
  }
  return { seen, body }
}

describe('a response that throws', () => {
  const context = { requestId: 'request-1' }
  const request = () => Object.assign(Readable.from([]), { method: 'GET', path: '/', headers: {} })
  const broken = (at: string) => {
    const fail = () => {
      throw GONE
    }
    const nothing = () => undefined
    return { setStatusCode: nothing, setHeader: nothing, send: nothing, [at]: fail }
  }
  const call = (handler: unknown, response: object): Promise<unknown> => {
    const entry = entryOf(startFc2, [member('f', { routes: [{ path: '/', methods: ['GET'] }] })], { f: { handler } })
    return (entry.handler as unknown as (...args: object[]) => Promise<unknown>)(request(), response, context)
  }

  test.each(['setStatusCode', 'setHeader', 'send'])('at %s fails the call with what it threw', async (at) => {
    await expect(call(() => 'ok', broken(at))).rejects.toBe(GONE)
    await expect(call(async () => 'ok', broken(at))).rejects.toBe(GONE)
    expect(log.map(({ prefix, error }) => [prefix, error])).toEqual([
      ['[request-1] function "f" failed:', GONE],
      ['[request-1] function "f" failed:', GONE],
    ])
  })

  test('fails the call of a handler that throws, too, and of a path that nobody has', async () => {
    const error = new Error('mine')
    await expect(call(() => Promise.reject(error), broken('send'))).rejects.toBe(GONE)
    expect(log.map((line) => line.error)).toEqual([error])
    const entry = entryOf(startFc2, [member('f', { routes: [{ path: '/a', methods: [] }] })], {
      f: { handler: () => 1 },
    })
    const handler = entry.handler as unknown as (...args: object[]) => Promise<unknown>
    await expect(handler(request(), broken('send'), context)).rejects.toBe(GONE)
  })

  test('leaves the process to the next call', async () => {
    const platform = platforms.find(({ name }) => name === 'fc2 http trigger')
    if (!platform) throw new Error('no such shape')
    const entry = entryOf(startFc2, [member('f')], { f: { handler: () => 'ok' } })
    const handler = entry.handler as unknown as (...args: object[]) => Promise<unknown>
    await expect(handler(request(), broken('send'), context)).rejects.toBe(GONE)
    expect(text(await send(platform, entry, {}))).toBe('ok')
  })
})

describe('a stream that the platform takes back', () => {
  const open = (handler: () => unknown) => {
    const { handler: call } = entryOf(startStreamed as Start, [member('f')], { f: { handler } })
    const event = functionUrl.event(httpCall({}), info)
    return (stream: PassThrough) =>
      (call as unknown as Streaming)(event, stream, {
        awsRequestId: 'request-1',
        getRemainingTimeInMillis: () => 60_000,
      })
  }

  test('while it is full, ends the call and the body', async () => {
    const { seen, body } = endless()
    const stream = new PassThrough()
    const call = open(body)(stream)
    await vi.waitFor(() => expect(stream.writableNeedDrain).toBe(true))
    stream.destroy()
    await call
    expect(seen.isClosed).toBe(true)
  })

  test('before the first piece, likewise', async () => {
    const { seen, body } = endless()
    const stream = new PassThrough()
    const call = open(async () => {
      stream.destroy()
      stream.on('error', () => undefined)
      return body()
    })(stream)
    await call
    expect(seen).toEqual({ given: 1, isClosed: true })
  })
})

describe('a client of a server that has gone', () => {
  test('aborts the signal, closes the body, and the next call is answered', async () => {
    const { seen, body } = endless()
    let aborted: Promise<void> | undefined
    const handler = (ctx: { path: string; signal: AbortSignal }) => {
      if (ctx.path !== '/endless') return 'ok'
      aborted = new Promise((resolve) => ctx.signal.addEventListener('abort', () => resolve()))
      return body()
    }
    const port = await startServing(
      fromManifest(manifestOf([member('f')]), { f: { handler: async () => ({ handler }) } }),
    )
    const socket = connect(port, '127.0.0.1', () => socket.write('GET /endless HTTP/1.1\r\nhost: x\r\n\r\n'))
    await new Promise((resolve) => socket.once('data', resolve))
    socket.destroy()
    await vi.waitFor(() => expect(seen.isClosed).toBe(true), 10_000)
    await aborted
    expect(await ask(port, { method: 'GET', path: '/' })).toMatchObject({ status: 200, body: 'ok' })
    expect(log).toEqual([])
  })
})
