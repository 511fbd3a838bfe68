import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { failed } from '../../src/local/function-error.ts'
import { failureClasses, type Member } from '../../src/runtime/src/index.ts'
import { recordLog } from './log.ts'
import { entryOf, info, type Module, member, platforms, send, text } from './platforms.ts'

const log = recordLog()

const boom = () => {
  throw new Error('secret')
}

// What the runtime itself answers for; the rest is each platform's own.
const MADE: readonly (readonly [keyof typeof failureClasses, Module, Partial<Member>])[] = [
  ['user', { handler: boom }, {}],
  ['configuration', { other: () => 1 }, {}],
  ['init', { handler: () => 'ok', init: boom }, { initializer: 'init' }],
  ['timeout', { handler: () => new Promise(() => undefined) }, { timeoutSec: 0.04 }],
]

describe.each(platforms.map((platform) => [platform.name, platform] as const))('%s', (_, platform) => {
  test.each(MADE)('%s', async (name, module, rest) => {
    const entry = entryOf(platform.start, [member('f', rest)], { f: module })
    const answer = await send(platform, entry, {})
    expect(answer.status).toBe(failureClasses[name].status)
    expect(text(answer)).not.toMatch(/secret|\bat /)
    expect(log).toHaveLength(1)
    expect(log[0]?.prefix).toBe('[request-1] function "f" failed:')
    // The instance stays: the next call is answered, too.
    expect((await send(platform, entry, {})).status).toBe(failureClasses[name].status)
  })
})

test('frames of the tool are in no note of a diagnostic', () => {
  const root = new URL('../../', import.meta.url).pathname
  const stack = [
    'TypeError: no',
    '    at handler (/srv/shop/index.js:3:9)',
    `    at Object.http (file://${root}dist/local/runtime.cjs:1:200)`,
    `    at once (${root}src/local/worker/once.ts:33:24)`,
    `    at run (${root}plugins/aws/dist/lambda/emulator.cjs:1:1)`,
    '    at x (/srv/node_modules/@anyfaas/aws/dist/lambda/runtime.cjs:1:1)',
    '    at y (/code/sls_runtime.js:1:1)',
    '    at z (/code/sls_more.cjs:1:1)',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    '    at dep (/srv/shop/node_modules/dep/index.js:1:1)',
  ].join('\n')
  const { diagnostics } = failed({ name: 'TypeError', message: 'no', stack }, info, '/srv/shop')
  expect(diagnostics[0]?.notes?.map(({ message }) => message)).toEqual([
    'at handler (/srv/shop/index.js:3:9)',
    'at dep (/srv/shop/node_modules/dep/index.js:1:1)',
  ])
})

test('nor in what the runtime logs', async () => {
  const [local] = platforms
  if (!local) throw new Error('no platform')
  const handler = () => {
    const error = new Error('outer', { cause: new Error('inner') })
    error.stack =
      'Error: outer\n    at handler (/code/index.js:1:1)\n    at go (/code/sls_runtime.js:1:20)\n    at x (/code/node_modules/@anyfaas/runtime/dist/server/index.js:2:3)'
    throw error
  }
  await send(local, entryOf(local.start, [member('f')], { f: { handler } }), {})
  expect(log[0]?.error.stack).toBe('Error: outer\n    at handler (/code/index.js:1:1)')
})

test('an error is logged by the name that it gives itself, whatever a bundler left of its class', async () => {
  const [local] = platforms
  if (!local) throw new Error('no platform')
  class w extends Error {
    override name = 'ShopError'
  }
  const handler = () => {
    throw new w('closed')
  }
  await send(local, entryOf(local.start, [member('f')], { f: { handler } }), {})
  expect(inspect(log[0]?.error)).toMatch(/^ShopError: closed\n/)
})
