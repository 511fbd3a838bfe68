import { describe, expect, it } from 'vitest'
import { checkFunction } from '../../src/kit/src/check.ts'
import { mapFields, setPath } from '../../src/kit/src/fields.ts'
import type { Facts } from '../../src/kit/src/provider.ts'
import { describeRange, fitRange } from '../../src/kit/src/range.ts'
import type { FieldTable } from '../../src/kit/src/tables.ts'
import { elsewhere, lossy, refuse } from '../../src/kit/src/tables.ts'
import { adjusted, noted, refused } from '../../src/kit/src/verdict.ts'
import { makeAggregate, makeFn } from '../fixtures/service.ts'

interface Thing {
  readonly at: string
  readonly memoryMb: number
  readonly list?: readonly string[]
  readonly flag?: boolean
  readonly inner?: { readonly retries?: number; readonly maxAgeSec?: number }
  readonly text?: string
}

const table: FieldTable<Thing> = {
  at: elsewhere('a place'),
  memoryMb: { to: 'config.memory', range: { min: 128, max: 3072, step: 128, also: [64] } },
  list: refuse('there are no lists', 'use a text'),
  flag: lossy('there are no flags'),
  inner: { rows: { retries: { to: 'retries' }, maxAgeSec: refuse('nothing ages') } },
  text: {
    to: 'text',
    as: (text) =>
      text === 'bad'
        ? refused('it is bad', 'be good')
        : text === 'long'
          ? adjusted('l', 'it is long')
          : text === 'odd'
            ? noted(text, 'it is odd')
            : text,
  },
}

const subject = { platform: 'cloud', name: 'thing "x"' }
const map = (given: Partial<Thing>) => mapFields(table, { at: '/things/x', memoryMb: 128, ...given }, subject)

describe('mapFields', () => {
  it('writes at dotted paths in the order of the table', () => {
    expect(JSON.stringify(map({ text: 'a', inner: { retries: 1 } }).spec)).toBe(
      '{"config":{"memory":128},"retries":1,"text":"a"}',
    )
  })

  it.each([
    [{ memoryMb: 64 }, 64, undefined],
    [{ memoryMb: 200 }, 256, 'warning'],
    [{ memoryMb: 1 }, 64, 'warning'],
    [{ memoryMb: 3073 }, undefined, 'error'],
  ])('fits %j', (given, memory, severity) => {
    const { spec, diagnostics } = map(given)
    expect((spec['config'] as { memory: number } | undefined)?.memory).toBe(memory)
    expect(diagnostics.map((d) => d.severity)).toEqual(severity === undefined ? [] : [severity])
  })

  it('says what it cannot do, where and what to do instead', () => {
    expect(map({ list: ['a'], flag: true, inner: { maxAgeSec: 5 }, text: 'bad' }).diagnostics).toEqual([
      {
        code: 'SLS3001',
        severity: 'error',
        message: 'cloud cannot do "list" of thing "x": there are no lists',
        pointer: '/things/x/list',
        on: 'key',
        help: ['use a text'],
        reason: 'there are no lists',
      },
      {
        code: 'SLS3002',
        severity: 'warning',
        message: '"flag" of thing "x" has no counterpart on cloud and is left out: there are no flags',
        pointer: '/things/x/flag',
        on: 'key',
        reason: 'there are no flags',
      },
      {
        code: 'SLS3001',
        severity: 'error',
        message: 'cloud cannot do "inner.maxAge" of thing "x": nothing ages',
        pointer: '/things/x/inner/maxAge',
        on: 'key',
        reason: 'nothing ages',
      },
      {
        code: 'SLS3001',
        severity: 'error',
        message: 'cloud cannot do "text" of thing "x": it is bad',
        pointer: '/things/x/text',
        on: 'value',
        help: ['be good'],
        reason: 'it is bad',
      },
    ])
  })

  it('takes another value, or says something about it', () => {
    expect(map({ text: 'long' })).toMatchObject({
      spec: { text: 'l' },
      diagnostics: [{ code: 'SLS3003', severity: 'warning' }],
    })
    expect(map({ text: 'odd' })).toMatchObject({ spec: { text: 'odd' }, diagnostics: [{ severity: 'note' }] })
  })

  it('is silent about what is empty or off', () => {
    expect(map({ list: [], flag: false, inner: {} }).diagnostics).toEqual([])
  })
})

describe('setPath', () => {
  it('knows escaped dots', () => {
    const target = {}
    setPath(target, 'a.b\\.c', 1)
    setPath(target, 'a.d', 2)
    expect(target).toEqual({ a: { 'b.c': 1, d: 2 } })
  })
})

describe('fitRange', () => {
  it('counts in fractions', () => {
    const range = { min: 0.05, max: 16, step: 0.05 }
    expect([0.35, 0.36, 1, 0.01, 17].map((value) => fitRange(value, range))).toEqual([0.35, 0.4, 1, 0.05, undefined])
    expect(describeRange(range)).toBe('0.05 to 16 in steps of 0.05')
  })
})

describe('checkFunction', () => {
  const facts: Facts = {
    source: [],
    runtimes: {
      nodejs20: { id: 'Node20' },
      nodejs16: { id: 'Node16', endOfLife: '2025-01-01' },
      custom: { id: 'custom' },
    },
    nodejs: 'nodejs20',
    memoryMb: { min: 1, max: 2 },
    timeoutSec: { min: 1, max: 2 },
    functionName: { pattern: /./, maxLength: 9, words: '' },
    environmentBytes: 20,
    environmentName: /^[A-Z]\w*$/,
    reservedEnvironment: /^SYS_/,
    defaultRegion: '',
  }
  const check = (given: Parameters<typeof makeFn>[1]) => checkFunction(makeFn('x', given), facts, subject)

  it.each([
    ['nodejs', 'Node20', undefined],
    ['Node20', 'Node20', undefined],
    ['nodejs16', 'Node16', 'SLS3005'],
    ['cobol9', 'cobol9', 'SLS3004'],
    ['nodejs24', 'nodejs24', 'SLS3004'],
  ])('%s', (runtime, id, code) => {
    const checked = check({ runtime })
    expect(checked.runtime).toBe(id)
    expect(checked.diagnostics.map((d) => d.code)).toEqual(code ? [code] : [])
  })

  it('refuses a runtime of the format that the platform lacks, and passes on its own ids', () => {
    expect(check({ runtime: 'nodejs24' }).diagnostics[0]).toMatchObject({
      severity: 'error',
      help: ['cloud has nodejs20', 'or bring the interpreter along: runtime: custom'],
    })
    expect(check({ runtime: 'cobol9' }).diagnostics[0]?.severity).toBe('warning')
  })

  it('checks the environment, the members of an aggregate too', () => {
    expect(check({ environment: { SYS_X: '1', 'A-B': '1' } }).diagnostics.map((d) => d.pointer)).toEqual([
      '/functions/x/environment/SYS_X',
      '/functions/x/environment/A-B',
    ])
    expect(check({ environment: { A: '中'.repeat(7) } }).diagnostics[0]).toMatchObject({
      code: 'SLS3003',
      pointer: '/functions/x/environment',
    })
    const aggregate = makeAggregate('all', [makeFn('m', { environment: { SYS_Y: '1' } })])
    expect(checkFunction(aggregate, facts, subject).diagnostics[0]?.pointer).toBe('/functions/m/environment/SYS_Y')
  })
})
