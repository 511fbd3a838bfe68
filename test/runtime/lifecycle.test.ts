import { describe, expect, test, vi } from 'vitest'
import { start as startLambda } from '../../plugins/aws/src/runtime/lambda/start.ts'
import { start as startScf } from '../../plugins/tencent/src/runtime/scf/start.ts'
import type { HttpContext } from '../../src/runtime/src/index.ts'
import { recordLog } from './log.ts'
import { entryOf, fire, manifestOf, member, platforms, send, text } from './platforms.ts'

const local = platforms[0] as (typeof platforms)[0]
const log = recordLog()

describe('time', () => {
  test('a handler that is too slow is told so before the platform gives up', async () => {
    const reasons: unknown[] = []
    const handler = (ctx: HttpContext) => {
      ctx.signal.addEventListener('abort', () => reasons.push((ctx.signal.reason as Error).name))
      return new Promise(() => undefined)
    }
    const entry = entryOf(local.start, [member('slow', { timeoutSec: 0.04 })], { slow: { handler } })
    const answer = await send(local, entry, {})
    expect(answer.status).toBe(504)
    expect(reasons).toEqual(['TimeoutError'])
    expect(log[0]?.error.message).toMatch(/^function "slow" did not finish within 0\.030 s of its 0\.04 s timeout$/)
  })

  test("the platform's own end counts when it comes earlier", async () => {
    const handler = () => new Promise(() => undefined)
    const start = startLambda(manifestOf([member('f', { timeoutSec: 900 })]), {
      f: { handler: async () => ({ handler }) },
    })
    const call = (start['handler'] as (event: object, context: object) => Promise<unknown>)(
      {},
      { getRemainingTimeInMillis: () => 40 },
    )
    await expect(call).rejects.toThrow(/did not finish within 0\.030 s/)
  })

  test('an event that is too slow is a failure', async () => {
    const entry = entryOf(local.start, [member('f', { timeoutSec: 0.04 })], {
      f: { handler: () => new Promise(() => undefined) },
    })
    await expect(fire(local, entry, { kind: 'event', data: 1 })).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('the signal of a call in time is never aborted, and the late one is at once', async () => {
    const signals: AbortSignal[] = []
    const handler = async (ctx: HttpContext) => {
      if (ctx.path === '/late') setTimeout(() => signals.push(ctx.signal), 80)
      else signals.push(ctx.signal)
      await new Promise((resolve) => setTimeout(resolve, ctx.path === '/late' ? 200 : 1))
    }
    const entry = entryOf(local.start, [member('f', { timeoutSec: 0.05 })], { f: { handler } })
    await send(local, entry, { url: '/' })
    await send(local, entry, { url: '/late' })
    await vi.waitFor(() => expect(signals).toHaveLength(2))
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true])
  })

  test('many calls with ends of their own', async () => {
    const handler = (ctx: HttpContext) => (ctx.query['hang'] ? new Promise(() => undefined) : 'ok')
    const routes = (path: string) => ({ routes: [{ path, methods: [] }] })
    const members = [
      member('long', { ...routes('/long'), timeoutSec: 0.2 }),
      member('short', { ...routes('/short'), timeoutSec: 0.04 }),
    ]
    const entry = entryOf(local.start, members, { long: { handler }, short: { handler } })
    const urls = ['/long?hang=1', '/short?hang=1', '/long', '/short', '/short?hang=1']
    const finished: string[] = []
    const answers = await Promise.all(urls.map((url) => send(local, entry, { url }).finally(() => finished.push(url))))
    expect(answers.map(({ status }) => status)).toEqual([504, 504, 200, 200, 504])
    expect(finished.at(-1)).toBe('/long?hang=1')
  })

  test('the client that goes away aborts the call where the platform tells', async () => {
    const gone = new AbortController()
    let seen: AbortSignal | undefined
    const handler = (ctx: HttpContext) => {
      seen = ctx.signal
      gone.abort(new Error('gone'))
      return 'ok'
    }
    const entry = entryOf(local.start, [member('f')], { f: { handler } })
    const context = { requestId: 'r', deadline: Date.now() + 1000, signal: gone.signal }
    await (entry.handler as unknown as (event: object, context: object) => Promise<unknown>)(
      { kind: 'http', method: 'GET', url: '/', headers: [], ip: '' },
      context,
    )
    expect(seen?.reason).toEqual(new Error('gone'))
  })
})

describe('what the platform must wait for', () => {
  test('work given to waitUntil is finished before the answer goes out, and its failure is logged', async () => {
    const done: string[] = []
    const handler = (ctx: HttpContext) => {
      ctx.waitUntil(
        new Promise<void>((resolve) =>
          setTimeout(() => {
            done.push('first')
            ctx.waitUntil(Promise.reject(new Error('second')))
            resolve()
          }, 5),
        ),
      )
      return 'ok'
    }
    const entry = entryOf(local.start, [member('f')], { f: { handler } })
    expect(text(await send(local, entry, {}))).toBe('ok')
    expect(done).toEqual(['first'])
    expect(log.map(({ error }) => error.message)).toEqual(['second'])
  })

  test('but not for longer than its time', async () => {
    const handler = (ctx: HttpContext) => {
      ctx.waitUntil(new Promise(() => undefined))
      return 'ok'
    }
    const entry = entryOf(local.start, [member('f', { timeoutSec: 0.04 })], { f: { handler } })
    expect(text(await send(local, entry, {}))).toBe('ok')
    expect(log[0]?.error.message).toContain('(work given to waitUntil)')
  })

  test('SCF is told not to wait for an empty event loop', async () => {
    const context = { callbackWaitsForEmptyEventLoop: true }
    const { handler } = startScf(manifestOf([member('f')]), { f: { handler: async () => ({ handler: () => 1 }) } })
    await (handler as (event: object, context: object) => Promise<unknown>)({}, context)
    expect(context.callbackWaitsForEmptyEventLoop).toBe(false)
    await expect(
      (handler as (event: object, context: object) => Promise<unknown>)({}, Object.freeze({})),
    ).resolves.toBe(1)
  })
})

describe('stacks', () => {
  const failing = {
    handler: () => {
      throw new Error('outer', { cause: new Error('inner') })
    },
  }

  test.each([
    ['local', undefined, false],
    ['local', 'development', true],
    ['lambda http api', undefined, false],
    ['lambda http api', 'development', true],
    ['fc3 http trigger', 'development', true],
    ['scf function url', 'production', false],
  ])('%s with NODE_ENV %s', async (name, mode, shown) => {
    vi.stubEnv('NODE_ENV', mode as string)
    const platform = platforms.find((one) => one.name === name) as (typeof platforms)[0]
    const entry = entryOf(platform.start, [member('f')], { f: failing })
    const answer = await send(platform, entry, {})
    expect(answer.status).toBe(500)
    expect(/outer.*lifecycle\.test\.ts.*caused by: Error: inner/s.test(text(answer))).toBe(shown)
    expect(log[0]?.prefix).toBe('[request-1] function "f" failed:')
  })
})
