import { describe, expect, it } from 'vitest'
import { commonRoute, methodsIn, routesOf, triggersOf } from '../../src/kit/src/deployed.ts'
import { effectiveFn, environmentOf } from '../../src/kit/src/environment.ts'
import { mergeTree } from '../../src/kit/src/merge.ts'
import { deployedName } from '../../src/kit/src/name.ts'
import { event, http, makeAggregate, makeFn, timer } from '../fixtures/service.ts'

const names = (fn: Parameters<typeof triggersOf>[0]) => triggersOf(fn).map(({ name, member }) => [name, member])

describe('triggersOf', () => {
  it('names triggers after their kind and counts those without a name', () => {
    const fn = makeFn('job', {
      triggers: [timer('@daily'), timer('@hourly', { name: 'often' }), timer('@weekly'), http('/job')],
    })
    expect(names(fn)).toEqual([
      ['timer', 'job'],
      ['often', 'job'],
      ['timer-2', 'job'],
      ['http', 'job'],
    ])
  })

  it('never gives one name twice', () => {
    const fn = makeFn('job', { triggers: [timer('@daily', { name: 'timer-2' }), timer('@daily'), timer('@hourly')] })
    expect(new Set(names(fn).map(([name]) => name)).size).toBe(3)
  })

  it('puts one route in front of an aggregate and takes the other triggers of its members', () => {
    const list = makeFn('list', { triggers: [http('/api/posts', { methods: ['GET'] }), timer('@daily')] })
    const get = makeFn('get', {
      triggers: [http('/api/posts/:id', { methods: ['GET'] }), timer('@hourly'), timer('@weekly', { name: 'weekly' })],
    })
    const aggregate = makeAggregate('list', [list, get])
    expect(names(aggregate)).toEqual([
      ['http', undefined],
      ['list-timer', 'list'],
      ['get-timer', 'get'],
      ['weekly', 'get'],
    ])
    expect(triggersOf(aggregate)[0]?.trigger).toMatchObject({ kind: 'http', path: '/api/posts/*', methods: [] })
    expect(routesOf(aggregate).map((route) => route.path)).toEqual(['/api/posts', '/api/posts/:id'])
  })

  it('lets an aggregate bring its own route', () => {
    const aggregate = makeAggregate('all', [makeFn('a', { triggers: [http('/a')] })], { triggers: [http('/v2/*')] })
    expect(triggersOf(aggregate).map(({ trigger }) => trigger.kind === 'http' && trigger.path)).toEqual(['/v2/*'])
  })

  it('answers on /* when only a URL is asked for', () => {
    expect(triggersOf(makeFn('a', { url: true }))[0]?.trigger).toMatchObject({ kind: 'http', path: '/*' })
    expect(triggersOf(makeFn('a', { url: true, triggers: [http('/x')] }))).toHaveLength(1)
    expect(triggersOf(makeFn('a', { triggers: [event('event', {})] }))).toHaveLength(1)
  })
})

describe('commonRoute', () => {
  it.each([
    [['/a'], '/a/*'],
    [['/'], '/*'],
    [['/a/b', '/a/c'], '/a/*'],
    [['/a/:id', '/a/:id/x'], '/a/*'],
    [['/a', '/b'], '/*'],
    [['/a/*', '/a/b/c'], '/a/*'],
    [['/api', '/api-v2'], '/*'],
  ])('%j -> %s', (paths, route) => {
    expect(commonRoute(paths)).toBe(route)
  })
})

describe('methodsIn', () => {
  it('lets HEAD come with GET and OPTIONS with cross-origin requests', () => {
    expect(methodsIn([http('/a', { methods: ['GET'] }), http('/b', { methods: ['POST'] })])).toEqual([
      'GET',
      'POST',
      'HEAD',
    ])
    expect(methodsIn([http('/a', { methods: ['POST'], cors: { origins: ['*'] } })])).toEqual(['POST', 'OPTIONS'])
    expect(methodsIn([http('/a', { methods: ['GET'] }), http('/b')])).toHaveLength(7)
  })
})

describe('environmentOf', () => {
  it('keeps what members agree on and renames what they do not', () => {
    const a = makeFn('a', { environment: { SAME: '1', DB: 'a', A: 'x' } })
    const b = makeFn('b-two', { environment: { SAME: '1', DB: 'b' } })
    expect(environmentOf(makeAggregate('all', [a, b], { environment: { SAME: '1' } }))).toEqual({
      variables: { SAME: '1', DB: 'a', A: 'x', DB__b_two: 'b' },
      renames: { 'b-two': { DB: 'DB__b_two' } },
    })
  })

  it('does not take a secret for the text that spells it', () => {
    const a = makeFn('a', { environment: { KEY: '${secret:K}' } })
    const b = makeFn('b', { environment: { KEY: { $secret: [{ name: 'K' }] } } })
    expect(environmentOf(makeAggregate('all', [a, b])).renames).toEqual({ b: { KEY: 'KEY__b' } })
  })

  it('never overwrites a variable that bears the new name already', () => {
    const a = makeFn('a', { environment: { X: '1', X__b: 'mine' } })
    const b = makeFn('b', { environment: { X: '2' } })
    expect(environmentOf(makeAggregate('all', [a, b])).variables).toEqual({ X: '1', X__b: 'mine', X__b_2: '2' })
  })
})

describe('deployedName', () => {
  const rule = { pattern: /^[A-Za-z][A-Za-z0-9_-]*[A-Za-z0-9]$/, maxLength: 30, words: '' }

  it('keeps what fits', () => {
    expect(deployedName(['blog', 'dev', 'login'], rule)).toBe('blog-dev-login')
  })

  it('cuts what is too long and keeps names apart', () => {
    const long = 'a-function-with-a-very-long-name'
    const found = ['one', 'two', '-', '__', '中文'].map((end) => deployedName(['blog', 'dev', long + end], rule))
    expect(new Set(found).size).toBe(found.length)
    for (const name of found) expect(name).toMatch(rule.pattern)
    expect(Math.max(...found.map((name) => name.length))).toBeLessThanOrEqual(30)
    expect(deployedName(['blog', 'dev', `${long}one`], rule)).toBe(found[0])
  })

  it('replaces what a platform does not take', () => {
    for (const name of ['2048', 'a.b', '_', 'x_']) expect(deployedName([name], rule)).toMatch(rule.pattern)
  })
})

describe('mergeTree', () => {
  it('merges maps, replaces lists, and takes keys away with null', () => {
    const base = { a: { b: 1, c: [1, 2] }, d: 1 }
    expect(mergeTree(base, { a: { c: [3], e: 4 }, d: null })).toEqual({ a: { b: 1, c: [3], e: 4 } })
    expect(base).toEqual({ a: { b: 1, c: [1, 2] }, d: 1 })
    expect(mergeTree({}, JSON.parse('{"__proto__":{"polluted":1}}'))).not.toHaveProperty('polluted')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('effectiveFn', () => {
  it('has what the members bring along', () => {
    const output = { at: '/functions/b/outputs/0', name: 'q', kind: 'queue', options: {} } as const
    const a = makeFn('a', { secrets: ['x'], environment: { A: '1' } })
    const b = makeFn('b', { secrets: ['x', 'y'], outputs: [output] })
    expect(effectiveFn(makeAggregate('all', [a, b]))).toMatchObject({
      secrets: ['x', 'y'],
      outputs: [output],
      environment: { A: '1' },
    })
  })
})
