import { type Cron, type CronField, cronField, cronValues, isSpecial, type Refusal } from './cron.ts'

/**
 * The expression that fires at the same moments when it is read in another time zone. Both zones have to keep
 * one offset all year. Says why not when the shifted times cannot be told by one expression.
 */
export function moveCron(cron: Cron, from: string, to: string): Cron | Refusal {
  if (from === to) return cron
  const start = offsetOf(from)
  const end = offsetOf(to)
  if (start !== undefined && end !== undefined) return start === end ? cron : shift(cron, end - start)
  if (isEveryMinute(cron)) return cron
  const moving = start === undefined ? from : to
  return {
    reason: `"${moving}" changes its clocks in summer, which no fixed expression follows`,
    instead: 'name a zone without summer time, such as UTC',
  }
}

const offsets = new Map<string, number | undefined>()

/** Minutes east of UTC, when the zone keeps them all year; undefined when it changes its clocks or is unknown. */
export function offsetOf(zone: string): number | undefined {
  if (/^(UTC|GMT|Z|Etc\/UTC|Etc\/GMT)$/i.test(zone)) return 0
  if (!offsets.has(zone)) offsets.set(zone, readOffset(zone))
  return offsets.get(zone)
}

// The zone database knows rules, not offsets: every month of four years tells whether they move.
function readOffset(zone: string): number | undefined {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  const found = new Set<string>()
  for (let month = 0; month < 48; month++) {
    const name = format.formatToParts(Date.UTC(2025, month, 15)).find((part) => part.type === 'timeZoneName')
    found.add(name?.value ?? '')
    if (found.size > 1) return undefined
  }
  const match = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec([...found][0] as string)
  if (!match) return undefined
  const minutes = Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0)
  return match[1] === '-' ? -minutes : minutes
}

// The same in all zones, whatever their clocks do.
function isEveryMinute(cron: Cron): boolean {
  return cron.minute === '*' && cron.hour === '*' && hasFreeDate(cron)
}

function hasFreeDate(cron: Cron): boolean {
  return cron.day === '*' && cron.weekday === '*' && cron.month === '*' && cron.year === '*'
}

const DAY_MINUTES = 1440

function shift(cron: Cron, byMinutes: number): Cron | Refusal {
  const minutes = cronValues(cron.minute, 'minute') as readonly number[]
  const hours = cronValues(cron.hour, 'hour') as readonly number[]
  const moved = new Set<number>()
  const carries = new Set<number>()
  for (const hour of hours) {
    for (const minute of minutes) {
      const time = hour * 60 + minute + byMinutes
      const carry = Math.floor(time / DAY_MINUTES)
      carries.add(carry)
      moved.add(time - carry * DAY_MINUTES)
    }
  }
  const newMinutes = [...new Set([...moved].map((time) => time % 60))]
  const newHours = [...new Set([...moved].map((time) => Math.floor(time / 60)))]
  if (newMinutes.length * newHours.length !== moved.size)
    return cannot('the shifted times have no common pattern of hours and minutes')
  const date = moveDate(cron, [...carries])
  if ('reason' in date) return date
  // What did not change keeps its own spelling.
  const minute = byMinutes % 60 === 0 ? cron.minute : cronField(newMinutes, 'minute')
  return { ...cron, ...date, minute, hour: cronField(newHours, 'hour') }
}

type CronDate = Pick<Cron, 'day' | 'weekday'>

function moveDate(cron: Cron, carries: readonly number[]): CronDate | Refusal {
  const [carry] = carries as [number]
  const same = { day: cron.day, weekday: cron.weekday }
  if (hasFreeDate(cron) || (carries.length === 1 && carry === 0)) return same
  if (carries.length > 1) return cannot('some of its times fall on another day there')
  const isBounded = cron.month !== '*' || cron.year !== '*'
  if (isBounded && (cron.day === '*' || cron.weekday !== '*'))
    return cannot('its first or last day falls into another month there')
  const day = moveDays(cron.day, carry)
  const weekday = moveWeekdays(cron.weekday, carry)
  return day && weekday ? { day, weekday } : cannot('its days fall on others there')
}

// Only days that every month has, before and after.
function moveDays(field: CronField, carry: number): CronField | undefined {
  if (field === '*') return field
  const days = cronValues(field, 'day')
  if (!days?.every((day) => day <= 28 && day + carry >= 1 && day + carry <= 28)) return undefined
  return cronField(
    days.map((day) => day + carry),
    'day',
  )
}

function moveWeekdays(field: CronField, carry: number): CronField | undefined {
  if (field === '*') return field
  const weekdays = field.some(isSpecial) ? undefined : cronValues(field, 'weekday')
  return (
    weekdays &&
    cronField(
      weekdays.map((weekday) => (weekday + carry + 7) % 7),
      'weekday',
    )
  )
}

function cannot(why: string): Refusal {
  return { reason: why, instead: 'name the times in the zone of the platform' }
}
