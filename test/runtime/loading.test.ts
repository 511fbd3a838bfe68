import { describe, expect, test, vi } from 'vitest'
import type { HttpContext, Loaders, Member } from '../../src/runtime/src/index.ts'
import { recordLog } from './log.ts'
import { entryOf, manifestOf, member, platforms, send, text } from './platforms.ts'

const local = platforms[0] as (typeof platforms)[0]
const log = recordLog()

function entryFrom(members: readonly Member[], loaders: Loaders) {
  return local.start(manifestOf(members), loaders) as unknown as ReturnType<typeof entryOf>
}

describe('loading', () => {
  test('begins when the process starts', () => {
    const handler = vi.fn(async () => ({ handler: () => 'x' }))
    entryFrom([member('f')], { f: { handler } })
    expect(handler).toHaveBeenCalledTimes(1)
  })

  test('happens once for many calls', async () => {
    const handler = vi.fn(async () => ({ handler: () => 'x' }))
    const entry = entryFrom([member('f')], { f: { handler } })
    await Promise.all(Array.from({ length: 20 }, () => send(local, entry, {})))
    expect(handler).toHaveBeenCalledTimes(1)
  })

  test('fails the calls of its own function only, and is tried again', async () => {
    const broken = vi
      .fn()
      .mockRejectedValueOnce(new Error('no such module'))
      .mockResolvedValue({ handler: () => 'mended' })
    const routes = (path: string) => ({ routes: [{ path, methods: [] }] })
    const entry = entryFrom([member('a', routes('/a')), member('b', routes('/b'))], {
      a: { handler: broken },
      b: { handler: async () => ({ handler: () => 'fine' }) },
    })
    expect(text(await send(local, entry, { url: '/b' }))).toBe('fine')
    const [first, second] = await Promise.all([send(local, entry, { url: '/a' }), send(local, entry, { url: '/a' })])
    expect([first?.status, second?.status]).toEqual([500, 500])
    expect(log.map(({ error }) => error.message)).toEqual(['no such module', 'no such module'])
    expect(text(await send(local, entry, { url: '/a' }))).toBe('mended')
    expect(broken).toHaveBeenCalledTimes(2)
  })

  test('an entry without a loader for a member is a mistake of the packager', () => {
    expect(() => entryFrom([member('f')], {})).toThrow('the entry of function "front" has no loader for its member "f"')
  })
})

describe("the handler's name", () => {
  const cases: [string, object, Partial<Member>, string][] = [
    ['a named export', { main: () => 'x' }, { handler: 'main' }, 'x'],
    ['dots reach into objects', { api: { v1: { detail: () => 'x' } } }, { handler: 'api.v1.detail' }, 'x'],
    [
      'with its object as this',
      {
        api: {
          name: 'y',
          detail() {
            return (this as unknown as { name: string }).name
          },
        },
      },
      { handler: 'api.detail' },
      'y',
    ],
    ['CommonJS seen by import', { default: { main: () => 'x' } }, { handler: 'main' }, 'x'],
    ['compiled twice', { default: { __esModule: true, default: { main: () => 'x' } } }, { handler: 'main' }, 'x'],
    ['the default export', { default: () => 'x' }, { handler: 'default' }, 'x'],
  ]
  test.each(cases)('%s', async (_, module, rest, expected) => {
    const entry = entryFrom([member('f', rest)], { f: { handler: async () => module } })
    expect(text(await send(local, entry, {}))).toBe(expected)
  })

  const mistakes: [string, unknown, Partial<Member>, string][] = [
    [
      'a missing export',
      { main: () => 'x', other: 1 },
      { handler: 'handler', file: 'src/a.ts' },
      'function "f" (src/a.ts) has no export "handler"; it exports "main", "other"',
    ],
    ['an empty module', {}, {}, 'function "f" has no export "handler"; it exports nothing'],
    ['no module', undefined, {}, 'function "f" has no export "handler"; it exports nothing'],
    ['not a function', { handler: { a: 1 } }, {}, 'the export "handler" of function "f" is an object, not a function'],
    [
      'what every object has',
      { api: {} },
      { handler: 'api.constructor' },
      'function "f" has no export "api.constructor"; it exports "api"',
    ],
  ]
  test.each(mistakes)('%s', async (_, module, rest, message) => {
    const entry = entryFrom([member('f', rest)], { f: { handler: async () => module } })
    expect((await send(local, entry, {})).status).toBe(500)
    expect(log[0]?.error.message).toBe(message)
  })
})

describe('the environment', () => {
  test('each member of an aggregate sees its own', async () => {
    vi.stubEnv('SHARED', 'shared')
    vi.stubEnv('b__TABLE', 'of b')
    vi.stubEnv('TABLE', 'of a')
    const handler = ({ env }: HttpContext) => [env['SHARED'], env['TABLE'], env['b__TABLE'] ?? null]
    const routes = (path: string) => ({ routes: [{ path, methods: [] }] })
    const members = [member('a', routes('/a')), member('b', { ...routes('/b'), environment: { TABLE: 'b__TABLE' } })]
    const entry = entryOf(local.start, members, { a: { handler }, b: { handler } })
    expect(JSON.parse(text(await send(local, entry, { url: '/a' })))).toEqual(['shared', 'of a', 'of b'])
    expect(JSON.parse(text(await send(local, entry, { url: '/b' })))).toEqual(['shared', 'of b', null])
  })
})
