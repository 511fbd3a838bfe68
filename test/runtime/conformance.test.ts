import { beforeEach, describe, expect, test, vi } from 'vitest'
import { conformance, examine } from '../../src/runtime/conformance/index.ts'
import { recordLog } from './log.ts'
import { platforms } from './platforms.ts'

recordLog()

beforeEach(() => {
  vi.stubEnv('NODE_ENV', 'production')
})

test('there are many cases, and each has a name of its own', () => {
  const names = Object.values(conformance).flatMap((group) => group.map(({ name }) => name))
  expect(names.length).toBeGreaterThanOrEqual(145)
  expect(new Set(names).size).toBe(names.length)
})

describe.each(Object.entries(conformance))('%s', (_, group) => {
  describe.each(group.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    test.each(platforms.map((platform) => [platform.name, platform] as const))('%s', async (_platform, platform) => {
      expect(await examine(one, platform)).toEqual([])
    })
  })
})

test('no exception outlives its case', () => {
  const names = new Set(Object.values(conformance).flatMap((group) => group.map(({ name }) => name)))
  const excepted = platforms.flatMap(({ except }) => Object.keys(except ?? {}))
  expect(excepted.filter((name) => !names.has(name))).toEqual([])
})

test('a case says what is wrong', async () => {
  const [local] = platforms
  if (!local) throw new Error('no platform')
  const one = { name: 'x', handler: () => 'a', request: {}, sees: { status: 201, body: 'b', headers: { 'x-a': '1' } } }
  expect(await examine(one, local)).toEqual([
    'body is "a", not "b"',
    'status is 200, not 201',
    'header x-a is nothing, not "1"',
  ])
})
