import { CRON_RANGES, type Cron, type CronField, type CronUnit, type Refusal } from './cron.ts'

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** The cron expression that fires as often, in UTC and at round times, or why there is none. */
export function everyAsCron(seconds: number): Cron | Refusal {
  if (seconds < MINUTE && MINUTE % seconds === 0) return stepping('second', seconds)
  if (seconds % MINUTE === 0 && seconds < HOUR && HOUR % seconds === 0) return stepping('minute', seconds / MINUTE)
  if (seconds % HOUR === 0 && DAY % seconds === 0) return stepping('hour', seconds / HOUR)
  const whole = seconds < MINUTE ? 'a minute' : seconds < HOUR ? 'an hour' : 'a day'
  return {
    reason: `${formatInterval(seconds)} does not divide ${whole} evenly, so no cron expression fires that often`,
    instead: 'choose a span that does, such as 5m, 10m, 1h or 6h',
  }
}

/** A span of time in its largest whole unit: `90s`, `5m`, `2h`, `1d`. */
export function formatInterval(seconds: number): string {
  if (seconds % DAY === 0) return `${seconds / DAY}d`
  if (seconds % HOUR === 0) return `${seconds / HOUR}h`
  return seconds % MINUTE === 0 ? `${seconds / MINUTE}m` : `${seconds}s`
}

const ZERO: CronField = [{ from: 0, to: 0, step: 1 }]
const SMALLER: readonly CronUnit[] = ['second', 'minute', 'hour']

function stepping(unit: CronUnit, step: number): Cron {
  const { from, to } = CRON_RANGES[unit]
  // A step that fills the field whole, such as 24 hours, is its first value.
  const field: CronField = step === 1 ? '*' : step > to ? ZERO : [{ from, to, step }]
  const below = SMALLER.slice(0, SMALLER.indexOf(unit))
  const time = Object.fromEntries(
    SMALLER.map((name) => [name, name === unit ? field : below.includes(name) ? ZERO : '*']),
  )
  return { ...(time as Pick<Cron, 'second' | 'minute' | 'hour'>), day: '*', month: '*', weekday: '*', year: '*' }
}
