import { describe, expect, it } from 'vitest'
import { cronValues } from '../../src/kit/src/cron.ts'
import { parseInterval, parseSchedule } from '../../src/kit/src/schedule.ts'

function cronOf(text: string) {
  const schedule = parseSchedule(text)
  if (!('kind' in schedule) || schedule.kind !== 'cron') throw new Error(`${text}: ${JSON.stringify(schedule)}`)
  return schedule.cron
}

function reasonOf(text: string): string {
  const schedule = parseSchedule(text)
  return 'reason' in schedule ? schedule.reason : `understood: ${JSON.stringify(schedule)}`
}

describe('parseSchedule', () => {
  it('reads five, six and seven fields', () => {
    expect(cronOf('5 4 * * *')).toEqual(cronOf('0 5 4 * * *'))
    expect(cronOf('0 5 4 * * *')).toEqual(cronOf('0 5 4 * * * *'))
    expect(cronValues(cronOf('0 0 0 1 1 * 2027-2029').year, 'year')).toEqual([2027, 2028, 2029])
  })

  it('takes Sunday as 0, as 7 and by name', () => {
    for (const text of ['0 0 * * 0', '0 0 * * 7', '0 0 * * sun', 'cron(0 0 ? * 1 *)', 'cron(0 0 ? * SUN *)']) {
      expect(cronValues(cronOf(text).weekday, 'weekday'), text).toEqual([0])
    }
  })

  it('counts weekdays from 1 in cron(…)', () => {
    expect(cronValues(cronOf('cron(0 8 ? * 2-6 *)').weekday, 'weekday')).toEqual([1, 2, 3, 4, 5])
    expect(cronOf('cron(0 8 ? * 6L *)').weekday).toEqual([{ last: true, value: 5 }])
    expect(cronOf('cron(0 8 ? * 6#3 *)').weekday).toEqual([{ nth: 3, value: 5 }])
    expect(cronValues(cronOf('cron(0 8 ? * L *)').weekday, 'weekday')).toEqual([6])
  })

  it.each([
    ['0 22-2 * * *', 'hour', [0, 1, 2, 22, 23]],
    ['0 0 * * FRI-MON', 'weekday', [0, 1, 5, 6]],
    ['0 0 * * 5-7', 'weekday', [0, 5, 6]],
    ['0 0 * * 7-2', 'weekday', [0, 1, 2]],
    ['0 0 * * 0-7', 'weekday', [0, 1, 2, 3, 4, 5, 6]],
    ['0 0 * NOV-FEB *', 'month', [1, 2, 11, 12]],
    ['50-10/5 * * * *', 'minute', [0, 5, 10, 50, 55]],
    ['7/20 * * * *', 'minute', [7, 27, 47]],
    ['0 0 28-3 * *', 'day', [1, 2, 3, 28, 29, 30, 31]],
  ] as const)('reads %s', (text, unit, values) => {
    expect(cronValues(cronOf(text)[unit], unit)).toEqual(values)
  })

  it('reads the words of the calendar', () => {
    expect(cronOf('0 0 L * *').day).toEqual([{ last: true }])
    expect(cronOf('0 0 L-3 * *').day).toEqual([{ last: true, offset: 3 }])
    expect(cronOf('0 0 LW * *').day).toEqual([{ last: true, workday: true }])
    expect(cronOf('0 0 1,15W * *').day).toEqual([{ from: 1, to: 1, step: 1 }, { nearest: 15 }])
    expect(cronOf('0 0 * * FRIL').weekday).toEqual([{ last: true, value: 5 }])
    expect(cronOf('0 0 * * 7#1').weekday).toEqual([{ nth: 1, value: 0 }])
  })

  it('reads macros, rates and intervals', () => {
    expect(cronOf('@daily')).toEqual(cronOf('0 0 * * *'))
    expect(cronOf('@Weekly')).toEqual(cronOf('0 0 * * 0'))
    expect(parseSchedule('rate(5 minutes)')).toEqual({ kind: 'every', seconds: 300 })
    expect(parseSchedule('rate(1 day)')).toEqual({ kind: 'every', seconds: 86_400 })
    expect(parseSchedule('@every 1h30m')).toEqual({ kind: 'every', seconds: 5400 })
  })

  it.each([
    ['', 'it is empty'],
    ['* * * *', 'this one has 4'],
    ['60 * * * *', 'the minute is 0 to 59, not "60"'],
    ['* * * * 8', 'the weekday is 0 (Sunday) to 7'],
    ['* * 0 * *', 'the day is 1 to 31'],
    ['*/90 * * * *', 'write "every: 90m"'],
    ['*/0 * * * *', 'step of 0'],
    ['* * * ? *', 'cannot be "?"'],
    ['0 12 * * ? *', 'if the last field is the year, write cron(0 12 * * ? *)'],
    ['0 0 30 2 *', 'no such month has a day 30'],
    ['0 0 31 4,6 *', 'never fires'],
    ['cron(0 0 1 * 2 *)', 'one of day and weekday has to be "?"'],
    ['cron(0 0 1 * ?)', 'this one has 5'],
    ['rate(5)', 'a rate is a number and minutes'],
    ['at(2027-01-01T00:00:00)', 'a timer repeats'],
    ['@reboot', 'there is no "@reboot"'],
    ['@every', 'there is no "@every"'],
    ['TZ=Asia/Shanghai 0 0 * * *', 'a time zone stands in "timezone"'],
    ['0 0 * * L', '5L is the last Friday'],
    ['0 0 * * MON-', 'not understood'],
    ['a b c d e', 'the minute is 0 to 59'],
    ['0 0 0 1 1 * 2030-2020', 'runs backwards'],
  ])('says what is wrong with %s', (text, reason) => {
    expect(reasonOf(text)).toContain(reason)
  })
})

describe('parseInterval', () => {
  it.each([
    ['90s', 90],
    ['5m', 300],
    ['1h30m', 5400],
    ['2 days', 172_800],
    ['0.5h', 1800],
    ['10 minutes', 600],
    ['1 min', 60],
    ['1w', 604_800],
  ])('reads %s', (text, seconds) => {
    expect(parseInterval(text)).toEqual({ kind: 'every', seconds })
  })

  it.each(['', '5', '5 parsecs', '-5m', '500ms', '0s', '1.5s', 'soon', '5m soon'])('refuses "%s"', (text) => {
    expect(parseInterval(text)).toHaveProperty('reason')
  })
})
