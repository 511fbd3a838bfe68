import { describe, expect, test, vi } from 'vitest'
import { start as startFc3 } from '../../plugins/aliyun/src/runtime/fc3/start.ts'
import {
  type Context,
  compose,
  defineLayer,
  type HttpContext,
  type Layer,
  type Loaders,
  type Member,
} from '../../src/runtime/src/index.ts'
import { recordLog } from './log.ts'
import { type entryOf, fire, manifestOf, member, type Platform, platforms, send, senders, text } from './platforms.ts'

const log = recordLog()
const [local] = platforms as [Platform]

type Entry = ReturnType<typeof entryOf>

function entryWith(
  layers: readonly unknown[],
  module: Record<string, unknown>,
  { platform = local, rest = {} }: { platform?: Platform; rest?: Partial<Member> } = {},
): Entry {
  const loaders: Loaders = {
    f: {
      handler: async () => module,
      layers: layers.map((layer, index) => ({ name: `layer ${index}`, open: async () => layer })),
    },
  }
  return platform.start(manifestOf([member('f', rest)]), loaders) as unknown as Entry
}

/** Notes every hook that runs, under a letter. */
function noting(letter: string, notes: string[]): Layer {
  const note = (name: string) => () => void notes.push(`${letter} ${name}`)
  return {
    beforeRuntimeStart: note('beforeRuntimeStart'),
    afterRuntimeStart: note('afterRuntimeStart'),
    beforeFunctionStart: note('beforeFunctionStart'),
    afterFunctionStart: note('afterFunctionStart'),
    beforeInvoke: note('beforeInvoke'),
    afterInvoke: (error, result) => void notes.push(`${letter} afterInvoke ${String(error ?? result)}`),
    beforeClose: note('beforeClose'),
    health: note('health'),
  }
}

test('every hook in its place, the layers in their order', async () => {
  const notes: string[] = []
  const module = {
    init: () => void notes.push('initializer'),
    handler: () => {
      notes.push('handler')
      return 'ok'
    },
  }
  const entry = entryWith([noting('a', notes), { default: noting('b', notes) }], module, {
    rest: { initializer: 'init' },
  })
  expect(text(await send(local, entry, {}))).toBe('ok')
  expect(text(await send(local, entry, {}))).toBe('ok')
  await (entry as unknown as { preStop(): Promise<void> }).preStop()
  const call = ['a beforeInvoke', 'b beforeInvoke', 'handler', 'a afterInvoke ok', 'b afterInvoke ok']
  expect(notes).toEqual([
    'a beforeRuntimeStart',
    'a afterRuntimeStart',
    'b beforeRuntimeStart',
    'b afterRuntimeStart',
    'a beforeFunctionStart',
    'b beforeFunctionStart',
    'initializer',
    'a afterFunctionStart',
    'b afterFunctionStart',
    'a health',
    'b health',
    ...call,
    ...call,
    'b beforeClose',
    'a beforeClose',
  ])
})

test('what starts a process starts once, however many functions have the layer', async () => {
  const notes: string[] = []
  const layer = noting('a', notes)
  const loader = (handler: () => string) => ({
    handler: async () => ({ handler }),
    layers: [{ name: 'a', open: async () => layer }],
  })
  const members = ['f', 'g'].map((name) => member(name, { routes: [{ path: `/${name}`, methods: [] }] }))
  const entry = local.start(manifestOf(members), { f: loader(() => 'f'), g: loader(() => 'g') }) as unknown as Entry
  await Promise.all([send(local, entry, { url: '/f' }), send(local, entry, { url: '/g' })])
  expect(notes.filter((note) => note.endsWith('RuntimeStart'))).toHaveLength(2)
  expect(notes.filter((note) => note.endsWith('FunctionStart'))).toHaveLength(4)
})

describe.each(senders.map((platform) => [platform.name, platform] as const))('%s', (_, platform) => {
  test('an event passes through the layers', async () => {
    const seen: unknown[] = []
    const layer = defineLayer({
      context: () => ({ user: 'me' }),
      beforeInvoke: (ctx, args, meta) => void seen.push(args.length, { ...meta }, 'user' in ctx),
      afterInvoke: (error, result) => void seen.push(error, result),
    })
    const handler = (ctx: Context & { user?: string }) => ctx.user
    const entry = entryWith([layer], { handler }, { platform })
    expect(await fire(platform, entry, { kind: 'timer', trigger: 'nightly', data: '' })).toBe('me')
    const meta = { kind: 'timer', trigger: 'nightly', function: 'f', requestId: 'request-1' }
    expect(seen).toEqual([2, meta, true, undefined, 'me'])
  })

  test('an error of the handler reaches afterInvoke once, and the platform', async () => {
    const seen: unknown[] = []
    const error = new Error('no')
    const entry = entryWith(
      [{ afterInvoke: (thrown: unknown) => void seen.push(thrown) }],
      { handler: () => Promise.reject(error) },
      { platform },
    )
    await expect(fire(platform, entry, { kind: 'event', data: 1 })).rejects.toBe(error)
    expect(seen).toEqual([error])
  })

  test('an adapter of a layer reads what the platform does not know', async () => {
    const layer = defineLayer({
      events: [
        {
          kind: 'queue',
          matches: (event) => event['carrier'] === 'pigeon',
          read: (event) => ({
            id: 'p-1',
            data: { queue: 'pigeons', messages: [{ id: '1', body: event['letter'], attributes: {} }] },
          }),
        },
      ],
    })
    const handler = (_: Context, event: { type: string; data: unknown }) => [event.type, event.data]
    const entry = entryWith([layer], { handler }, { platform })
    const result = await fire(platform, entry, { kind: 'event', data: { carrier: 'pigeon', letter: 'hello' } })
    // The local platform's events come in the words of the service file already.
    if (platform.name === 'local') expect(result).toEqual(['anyfaas.event', { carrier: 'pigeon', letter: 'hello' }])
    else
      expect(result).toEqual([
        'anyfaas.queue',
        { queue: 'pigeons', messages: [{ id: '1', body: 'hello', attributes: {} }] },
      ])
  })
})

test('a default handler takes over, and may pass on', async () => {
  const layer = defineLayer({
    handler: async (ctx, _event, next) =>
      (ctx as HttpContext).path === '/app' ? 'the app' : `${String(await next())}!`,
  })
  const entry = entryWith([layer], { handler: () => 'own' })
  expect(text(await send(local, entry, { url: '/app' }))).toBe('the app')
  expect(text(await send(local, entry, { url: '/x' }))).toBe('own!')
})

test('an afterInvoke that fails is not told of itself', async () => {
  const afterInvoke = vi.fn(() => {
    throw new Error('mine')
  })
  expect((await send(local, entryWith([{ afterInvoke }], { handler: () => 'ok' }), {})).status).toBe(500)
  expect(afterInvoke).toHaveBeenCalledTimes(1)
})

describe('what fails', () => {
  test('a layer that does not load is an error of every call, and the next one tries again', async () => {
    let attempts = 0
    const open = async () => {
      if (++attempts === 1) throw new Error('no such layer')
      return { beforeInvoke: () => undefined }
    }
    const loaders = { f: { handler: async () => ({ handler: () => 'ok' }), layers: [{ name: 'x', open }] } }
    const entry = local.start(manifestOf([member('f')]), loaders) as unknown as Entry
    expect((await send(local, entry, {})).status).toBe(500)
    expect(log[0]?.error.message).toBe('no such layer')
    expect((await send(local, entry, {})).status).toBe(200)
  })

  test.each([[{}], [{ default: 1 }], [undefined], [() => undefined]])(
    'a module that is no layer: %j',
    async (module) => {
      expect((await send(local, entryWith([module], { handler: () => 'ok' }), {})).status).toBe(500)
      expect(log[0]?.error.message).toMatch(/^layer "layer 0" exports .* without any part of a layer$/)
    },
  )

  test('a function that is not well does not start, until it is', async () => {
    let isWell = false
    const health = () => {
      if (!isWell) throw new Error('no database')
    }
    const entry = entryWith([{ health }], { handler: () => 'ok' })
    expect((await send(local, entry, {})).status).toBe(500)
    isWell = true
    expect((await send(local, entry, {})).status).toBe(200)
    const ask = (entry as unknown as { health(): Promise<object> }).health
    expect(await ask()).toEqual({ ok: true, problems: {} })
    isWell = false
    expect(await ask()).toEqual({ ok: false, problems: { f: 'no database' } })
  })

  test('a layer that hangs has an end', async () => {
    const entry = entryWith(
      [{ beforeRuntimeStart: () => new Promise(() => undefined) }],
      { handler: () => 'ok' },
      { rest: { initTimeoutSec: 0.03 } },
    )
    expect((await send(local, entry, {})).status).toBe(500)
    expect(log[0]?.error.message).toBe('the layers of function "f" did not finish within 0.03 s')
  })

  test('beforeClose that fails is logged, and the rest closes', async () => {
    const closed: string[] = []
    const entry = entryWith([{ beforeClose: () => Promise.reject(new Error('late')) }], { handler: () => 'ok' })
    await send(local, entry, {})
    await (entry as unknown as { preStop(): Promise<void> }).preStop()
    expect(closed).toEqual([])
    expect(log.map(({ error }) => error.message)).toEqual(['late'])
  })
})

test('FC stops by a call of its own', async () => {
  const beforeClose = vi.fn()
  const loaders = {
    f: { handler: async () => ({ handler: () => 'ok' }), layers: [{ name: 'x', open: async () => ({ beforeClose }) }] },
  }
  const entry = startFc3(manifestOf([member('f')]), loaders) as unknown as Record<
    string,
    (...args: unknown[]) => Promise<unknown>
  >
  await entry['initializer']?.({ requestId: 'r' })
  await new Promise<void>((resolve) => entry['preStop']?.({ requestId: 'r' }, () => resolve()))
  expect(beforeClose).toHaveBeenCalledTimes(1)
})

test('compose makes one layer of several', async () => {
  const notes: string[] = []
  const one = compose(noting('a', notes), compose(noting('b', notes), { context: () => ({ x: 1 }) }))
  const handler = (ctx: Context & { x?: number }) => String(ctx.x)
  expect(text(await send(local, entryWith([one], { handler }), {}))).toBe('1')
  expect(notes.slice(-4)).toEqual(['a beforeInvoke', 'b beforeInvoke', 'a afterInvoke 1', 'b afterInvoke 1'])
})

describe('a layer of the older form', () => {
  test('adds extensions to an engine, by the names of then and of now', async () => {
    const notes: string[] = []
    const build = vi.fn((engine: Record<string, (given: unknown) => void>) => {
      engine['addRuntimeExtension']?.({
        async beforeStart() {
          notes.push('beforeStart')
        },
        async beforeInvoke(_: unknown, args: unknown[]) {
          notes.push(`beforeInvoke ${args.length}`)
        },
        async afterInvoke(error: unknown, result: unknown) {
          notes.push(`afterInvoke ${error} ${result}`)
        },
      })
      engine['addContextExtension']?.((ctx: { extra?: string }, runtime: { function: string }) => {
        ctx.extra = runtime.function
      })
      engine['addHealthExtension']?.(() => void notes.push('health'))
    })
    const handler = (ctx: Context & { extra?: string }) => ctx.extra
    const entry = entryWith([{ default: build }], { handler })
    expect(text(await send(local, entry, {}))).toBe('f')
    expect(notes).toEqual(['beforeStart', 'health', 'beforeInvoke 1', 'afterInvoke undefined f'])
    expect(build).toHaveBeenCalledTimes(1)
  })

  test('takes over by its default handler', async () => {
    const build = (engine: Record<string, (given: unknown) => void>) =>
      engine['addRuntimeExtension']?.({ defaultInvokeHandler: (ctx: HttpContext) => `app ${ctx.path}` })
    expect(text(await send(local, entryWith([build], { handler: () => 'own' }), { url: '/x' }))).toBe('app /x')
  })

  test('may as well make a layer', async () => {
    const entry = entryWith([() => defineLayer({ context: () => ({ x: 2 }) })], {
      handler: (ctx: Context & { x?: number }) => String(ctx.x),
    })
    expect(text(await send(local, entry, {}))).toBe('2')
  })

  test.each([
    ['addEventExtension', 'layer "layer 0" calls addEventExtension, which has no counterpart'],
    ['addRuntimeExtension', 'layer "layer 0" has an extension "createLogger", which has no counterpart'],
  ])('says what of %s it cannot do', async (method, message) => {
    const build = (engine: Record<string, (given: unknown) => void>) =>
      engine[method]?.({ createLogger: () => undefined })
    expect((await send(local, entryWith([build], { handler: () => 'own' }), {})).status).toBe(500)
    expect(log[0]?.error.message).toContain(message)
  })
})
