import { describe, expect, test, vi } from 'vitest'
import { start as startFc3 } from '../../plugins/aliyun/src/runtime/fc3/start.ts'
import type { Context, Loaders, Member } from '../../src/runtime/src/index.ts'
import { recordLog } from './log.ts'
import { entryOf, manifestOf, member, platforms, send, text } from './platforms.ts'

const local = platforms[0] as (typeof platforms)[0]
const log = recordLog()

function entryFrom(members: readonly Member[], loaders: Loaders) {
  return local.start(manifestOf(members), loaders) as unknown as ReturnType<typeof entryOf>
}

describe('initializing', () => {
  function initialized(initializer: (ctx: Context) => unknown, rest: Partial<Member> = {}) {
    const order: string[] = []
    const module = {
      setUp: async (ctx: Context) => {
        order.push('init')
        await initializer(ctx)
      },
      handler: () => {
        order.push('call')
        return 'ok'
      },
    }
    return { order, entry: entryOf(local.start, [member('f', { initializer: 'setUp', ...rest })], { f: module }) }
  }

  test('once before the first call, however many come', async () => {
    const { order, entry } = initialized(() => new Promise((resolve) => setTimeout(resolve, 5)))
    await Promise.all(Array.from({ length: 10 }, () => send(local, entry, {})))
    await send(local, entry, {})
    expect(order).toEqual(['init', ...Array.from({ length: 11 }, () => 'call')])
  })

  test('a failure is told to every call that waits, and the next call tries again', async () => {
    let attempts = 0
    const { order, entry } = initialized(() => {
      attempts++
      if (attempts === 1) throw new Error('no database')
    })
    const answers = await Promise.all([send(local, entry, {}), send(local, entry, {})])
    expect(answers.map(({ status }) => status)).toEqual([500, 500])
    expect((await send(local, entry, {})).status).toBe(200)
    expect(order).toEqual(['init', 'init', 'call'])
  })

  test('it gets the context', async () => {
    const seen: unknown[] = []
    const { entry } = initialized((ctx) =>
      seen.push(ctx.function, ctx.trigger, ctx.env === process.env, typeof ctx.logger.info),
    )
    await send(local, entry, {})
    expect(seen).toEqual(['f', { kind: 'initialize' }, true, 'function'])
  })

  test('it has an end, and the next call starts anew', async () => {
    let attempts = 0
    const { entry } = initialized(() => (++attempts === 1 ? new Promise(() => undefined) : undefined), {
      initTimeoutSec: 0.02,
    })
    expect((await send(local, entry, {})).status).toBe(500)
    expect(log[0]?.error.message).toBe('the initializer of function "f" did not finish within 0.02 s')
    expect((await send(local, entry, {})).status).toBe(200)
  })

  test('a call whose time is up meanwhile says what it waited for', async () => {
    const { entry } = initialized(() => new Promise(() => undefined), { timeoutSec: 0.04, initTimeoutSec: 5 })
    expect((await send(local, entry, {})).status).toBe(504)
    expect(log[0]?.error.message).toMatch(
      /^function "f" did not finish within 0\.03\d s of its 0\.04 s timeout \(still initializing\)$/,
    )
  })

  test('in a module of its own', async () => {
    const order: string[] = []
    const entry = entryFrom([member('f', { initializer: 'boot' })], {
      f: {
        handler: async () => ({ handler: () => order }),
        initializer: async () => ({ boot: () => void order.push('boot') }),
      },
    })
    expect(JSON.parse(text(await send(local, entry, {})))).toEqual(['boot'])
  })

  test("by the platform's own call", async () => {
    const init = vi.fn()
    const entry = entryOf(startFc3, [member('f', { initializer: 'init' })], { f: { init, handler: () => 'ok' } })
    const initializer = entry.initializer as unknown as (context: object, callback: (error: unknown) => void) => void
    await new Promise<void>((resolve, reject) =>
      initializer({ requestId: 'r' }, (error) => (error ? reject(error) : resolve())),
    )
    expect(init).toHaveBeenCalledTimes(1)
    const fc3 = platforms.find(({ name }) => name === 'fc3 http trigger') as (typeof platforms)[0]
    await send(fc3, entry, {})
    expect(init).toHaveBeenCalledTimes(1)
  })

  test("the platform's own call fails for a lonely function, and not for an aggregate", async () => {
    const module = { init: () => Promise.reject(new Error('no')), handler: () => 'ok' }
    const failing = member('f', { initializer: 'init' })
    const initialize = (members: readonly Member[]) =>
      (
        entryOf(local.start, members, { f: module, g: module }).initializer as unknown as (
          context: object,
        ) => Promise<void>
      )({ requestId: 'r', deadline: Date.now() + 1000 })
    await expect(initialize([failing])).rejects.toThrow('no')
    await expect(initialize([failing, member('g')])).resolves.toBeUndefined()
    expect(log.map(({ prefix }) => prefix)).toEqual(['[r] function "f" failed:'])
  })
})
