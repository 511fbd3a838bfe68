import { Cron as Croner } from 'croner'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cron } from '../../src/kit/src/cron.ts'
import { formatCron, PLAIN_CRON } from '../../src/kit/src/cron-write.ts'
import { moveCron, offsetOf } from '../../src/kit/src/cron-zone.ts'
import { everyAsCron, formatInterval } from '../../src/kit/src/interval.ts'
import { parseSchedule } from '../../src/kit/src/schedule.ts'

function cronOf(text: string): Cron {
  const schedule = parseSchedule(text)
  if (!('kind' in schedule) || schedule.kind !== 'cron') throw new Error(`${text}: ${JSON.stringify(schedule)}`)
  return schedule.cron
}

function runs(text: string, timezone: string, count = 60): number[] {
  return new Croner(text, { timezone, mode: '7-part' })
    .nextRuns(count, new Date('2027-01-31T12:00:00Z'))
    .map((date) => date.getTime())
}

function plain(cron: Cron): string {
  const text = formatCron(cron, PLAIN_CRON)
  if (typeof text !== 'string') throw new Error(text.reason)
  return text
}

describe('offsetOf', () => {
  it.each([
    ['UTC', 0],
    ['Asia/Shanghai', 480],
    ['Asia/Kolkata', 330],
    ['Etc/GMT+5', -300],
    ['America/New_York', undefined],
    ['Europe/Berlin', undefined],
  ])('%s', (zone, minutes) => {
    expect(offsetOf(zone)).toBe(minutes)
  })
})

describe('moveCron', () => {
  it.each([
    ['0 0 2 * * *', 'UTC', 'Asia/Shanghai', '0 0 10 * * * *'],
    ['0 0 20 * * MON', 'UTC', 'Asia/Shanghai', '0 0 4 * * 2 *'],
    ['0 0 20 27 * *', 'UTC', 'Asia/Shanghai', '0 0 4 28 * * *'],
    ['0 15 2 * * *', 'Asia/Shanghai', 'UTC', '0 15 18 * * * *'],
    ['0 0 2 1 * *', 'Asia/Kolkata', 'Asia/Shanghai', '0 30 4 1 * * *'],
    ['*/5 * * * * *', 'America/New_York', 'Asia/Shanghai', '*/5 * * * * * *'],
  ])('moves %s from %s to %s', (text, from, to, moved) => {
    const cron = moveCron(cronOf(text), from, to)
    expect('reason' in cron ? cron.reason : plain(cron)).toBe(moved)
  })

  it.each([
    ['0 0 20 28 * *', 'UTC', 'fall on others'],
    ['0 0 20 * 2 *', 'UTC', 'another month'],
    ['0 0 2,20 * * MON', 'UTC', 'some of its times'],
    ['0 0 20 L * *', 'UTC', 'fall on others'],
    ['0 0 2 * * *', 'America/New_York', 'changes its clocks'],
    ['0 30,45 2,3 * * *', 'Asia/Kathmandu', 'no common pattern'],
  ])('says why %s cannot be moved from %s', (text, from, reason) => {
    const cron = moveCron(cronOf(text), from, 'Asia/Shanghai')
    expect('reason' in cron && cron.reason).toContain(reason)
  })

  it('keeps the moments', () => {
    const zones = fc.constantFrom('UTC', 'Asia/Kolkata', 'Etc/GMT+11', 'Asia/Kathmandu', 'Pacific/Kiritimati')
    const some = (max: number, min = 0) =>
      fc.oneof(
        fc.constant('*'),
        fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 3 }).map((list) => list.join(',')),
      )
    const fields = fc.tuple(
      some(59),
      some(23),
      some(31, 1),
      fc.oneof({ weight: 4, arbitrary: fc.constant('*') }, { weight: 1, arbitrary: some(12, 1) }),
      some(6),
    )
    let moved = 0
    fc.assert(
      fc.property(fields, zones, zones, ([minute, hour, day, month, weekday], from, to) => {
        const schedule = parseSchedule(`0 ${minute} ${hour} ${day} ${month} ${weekday}`)
        if (!('kind' in schedule) || schedule.kind !== 'cron') return
        const cron = moveCron(schedule.cron, from, to)
        if ('reason' in cron) return
        moved++
        expect(runs(plain(cron), to)).toEqual(runs(plain(schedule.cron), from))
      }),
      { seed: 7, numRuns: 400 },
    )
    expect(moved).toBeGreaterThan(100)
  })
})

describe('everyAsCron', () => {
  it.each([1, 5, 30, 60, 300, 1200, 3600, 7200, 43_200, 86_400])('fires every %i seconds', (seconds) => {
    const cron = everyAsCron(seconds)
    if ('reason' in cron) throw new Error(cron.reason)
    const times = runs(plain(cron), 'UTC', 100)
    expect(times.slice(1).map((time, index) => time - (times[index] as number))).toEqual(Array(99).fill(seconds * 1000))
  })

  it.each([7, 90, 420, 5400, 18_000, 172_800, 604_800])('has no expression for %i seconds', (seconds) => {
    expect(everyAsCron(seconds)).toHaveProperty('reason')
  })

  it('names spans', () => {
    expect([90, 300, 7200, 86_400].map(formatInterval)).toEqual(['90s', '5m', '2h', '1d'])
  })
})
