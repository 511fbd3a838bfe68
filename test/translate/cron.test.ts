import { Cron as Croner } from 'croner'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CRON as FC } from '../../plugins/aliyun/src/timer.ts'
import { CRON as LAMBDA } from '../../plugins/aws/src/lambda/timer.ts'
import { CRON as SCF, ZONE } from '../../plugins/tencent/src/scf/timer.ts'
import { type CronDialect, formatCron, LIBRARY_CRON, moveCron, parseSchedule } from '../../src/kit/src/index.ts'

/** Each dialect, and its text in the words of an independent library, by text alone. */
const dialects: readonly (readonly [string, CronDialect, (text: string) => string])[] = [
  ['Function Compute', FC, (text) => `${text} *`],
  ['SCF', SCF, (text) => text],
  ['EventBridge', LAMBDA, (text) => `0 ${text.slice('cron('.length, -1)}`],
  ['the libraries', LIBRARY_CRON, (text) => text],
]

const ENDS = [59, 59, 23, 31, 12, 6, 2199]

// The library wants the end of a stepped range written out, and weekdays from 0.
function toLibrary(text: string): string {
  const fields = text.split(' ').map((field, index) =>
    field
      .split(',')
      .map((item) => item.replace(/^(\d+)\/(\d+)$/, (_, start, step) => `${start}-${ENDS[index]}/${step}`))
      .join(','),
  )
  if (text.includes('?'))
    fields[5] = (fields[5] as string).replace(/^(\d)([L#])/, (_, day, word) => `${Number(day) - 1}${word}`)
  return fields.join(' ')
}

function runs(text: string, timezone: string, from = '2026-12-30T00:00:00Z', count = 25): string[] {
  return new Croner(text, { timezone, mode: '7-part' })
    .nextRuns(count, new Date(from))
    .map((date) => date.toISOString())
}

// Every firing of ten years; of what fires oftener than daily, thousands of them and the start of each March.
function tenYears(text: string): readonly string[] {
  const firings = known.get(text) ?? findTenYears(text)
  known.set(text, firings)
  return firings
}

// Several dialects are held against the same expression.
const known = new Map<string, readonly string[]>()

function findTenYears(text: string): readonly string[] {
  const end = '2036-12-30T00:00:00.000Z'
  const found = runs(text, 'UTC', undefined, 4000).filter((time) => time < end)
  if (found.length < 4000) return found
  return [...found, ...TEN_YEARS.flatMap((year) => runs(text, 'UTC', `${year}-02-27T23:00:00Z`, 50))]
}

const TEN_YEARS = Array.from({ length: 10 }, (_, index) => 2027 + index)

const two = (value: number) => String(value)
function field(max: number, min = 0) {
  const value = fc.integer({ min, max })
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant('*') },
    { weight: 3, arbitrary: value.map(two) },
    { weight: 2, arbitrary: fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`) },
    {
      weight: 2,
      arbitrary: fc.integer({ min: 2, max: Math.max(2, Math.floor((max - min) / 2)) }).map((step) => `*/${step}`),
    },
    {
      weight: 1,
      arbitrary: fc
        .uniqueArray(value, { minLength: 2, maxLength: 4 })
        .map((list) => list.sort((a, b) => a - b).join(',')),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(value, value, fc.integer({ min: 2, max: 5 }))
        .map(([a, b, step]) => `${Math.min(a, b)}-${Math.max(a, b)}/${step}`),
    },
  )
}

const expression = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: fc.constant('0') }, { weight: 1, arbitrary: field(59) }),
    field(59),
    field(23),
    fc.oneof({ weight: 4, arbitrary: field(28, 1) }, { weight: 1, arbitrary: fc.constantFrom('L', '15W', 'LW', '1W') }),
    fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, { weight: 1, arbitrary: field(12, 1) }),
    fc.oneof({ weight: 4, arbitrary: field(6) }, { weight: 1, arbitrary: fc.constantFrom('5L', '1#2', '0L', '6#1') }),
    fc.oneof({ weight: 5, arbitrary: fc.constant('*') }, { weight: 1, arbitrary: fc.constant('2027-2029') }),
  )
  .map((fields) => fields.join(' '))

describe.each(dialects)('timers of %s', (_, dialect, read) => {
  it('fire when they did before', { timeout: 120_000 }, () => {
    let written = 0
    fc.assert(
      fc.property(expression, (text) => {
        const schedule = parseSchedule(text)
        if (!('kind' in schedule) || schedule.kind !== 'cron') return
        const converted = formatCron(schedule.cron, dialect)
        if (typeof converted !== 'string') return
        written++
        expect(runs(toLibrary(read(converted)), 'UTC'), `${text} -> ${converted}`).toEqual(runs(text, 'UTC'))
      }),
      { seed: 42, numRuns: 120 },
    )
    expect(written).toBeGreaterThan(15)
  })

  it('fire when they did before, for ten years', { timeout: 120_000 }, () => {
    for (const text of [
      '0 30 8 * * 1-5',
      '0 */7 * * * *',
      '0 0 0 29 2 *',
      '0 15 10 1,15 * *',
      '0 0 6 * 1-11/2 0,6',
      '0 5/20 22 * * *',
      '0 0 0 31 * *',
      '0 45 23 * * SAT',
      '0 0 4 28-31 2,12 *',
      '0 0 12 1-7 * *',
    ]) {
      const schedule = parseSchedule(text)
      if (!('kind' in schedule) || schedule.kind !== 'cron') throw new Error(text)
      const converted = formatCron(schedule.cron, dialect)
      if (typeof converted !== 'string') throw new Error(converted.reason)
      const before = tenYears(`${toLibrary(text)} *`)
      expect(before.at(-1)?.slice(0, 4), text).toBe('2036')
      expect(tenYears(toLibrary(read(converted))), converted).toEqual(before)
    }
  })
})

describe('what a dialect cannot say', () => {
  const say = (text: string, dialect: CronDialect) => {
    const schedule = parseSchedule(text)
    if (!('kind' in schedule) || schedule.kind !== 'cron') throw new Error(text)
    const written = formatCron(schedule.cron, dialect)
    return typeof written === 'string' ? written : `cannot: ${written.reason}`
  }

  it.each([
    ['*/10 * * * * *', FC, 'is one number'],
    ['0 0 0 L * *', FC, 'has no "L"'],
    ['0 0 0 1 1 * 2027', FC, 'has no year'],
    ['0 0 0 * * 5#3', SCF, 'has no "5#3"'],
    ['0 0 0 1 1 * 2150', SCF, 'ends with the year 2099'],
    ['30 * * * * *', LAMBDA, 'has no seconds'],
    ['0 0 13 * 5', LAMBDA, 'not both'],
    ['0 0 LW * *', LAMBDA, 'has no "LW"'],
    ['0 0 1,15W * *', LAMBDA, 'cannot stand in a list'],
    ['0 0 L-3 * *', LIBRARY_CRON, 'has no "L-3"'],
  ])('%s', (text, dialect, reason) => {
    expect(say(text, dialect)).toContain(reason)
  })

  it.each([
    ['0 8 * * 1-5', FC, '0 0 8 * * MON-FRI'],
    ['0 8 * * 0-2', FC, '0 0 8 * * SUN,MON-TUE'],
    ['0 8 * * */2', FC, '0 0 8 * * SUN,TUE,THU,SAT'],
    ['0 8 1-31 * 1', LAMBDA, 'cron(0 8 * * ? *)'],
    ['0 8 * * 5-7', LAMBDA, 'cron(0 8 ? * FRI-SAT,SUN *)'],
    ['0 8 ? * 6L', LAMBDA, 'cron(0 8 ? * 7L *)'],
    ['10-40/20 8 L * *', LAMBDA, 'cron(10,30 8 L * ? *)'],
    ['*/15 8 1 * *', SCF, '0 */15 8 1 * * *'],
    ['5/20 8 1 * *', SCF, '0 5/20 8 1 * * *'],
    ['0 0 0 1 1 ? 2027', SCF, '0 0 0 1 1 * 2027'],
  ])('%s is said', (text, dialect, written) => {
    expect(say(text, dialect)).toBe(written)
  })
})

describe('timers of SCF', () => {
  it('fire at the same moments by the time of the platform', () => {
    for (const [text, zone] of [
      ['0 0 2 * * *', 'UTC'],
      ['0 30 20 * * FRI', 'UTC'],
      ['0 0 9 10 * *', 'America/Bogota'],
      ['0 0 9 * * 1-5', ZONE],
    ] as const) {
      const schedule = parseSchedule(text)
      if (!('kind' in schedule) || schedule.kind !== 'cron') throw new Error(text)
      const moved = moveCron(schedule.cron, zone, ZONE)
      if ('reason' in moved) throw new Error(moved.reason)
      expect(runs(formatCron(moved, SCF) as string, ZONE)).toEqual(runs(`${text} *`, zone))
    }
  })
})
