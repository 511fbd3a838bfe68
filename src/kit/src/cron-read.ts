import {
  CRON_RANGES,
  type Cron,
  type CronField,
  type CronItem,
  type CronUnit,
  cronValues,
  MONTHS,
  type Refusal,
  WEEKDAYS,
} from './cron.ts'

const UNITS: readonly CronUnit[] = ['second', 'minute', 'hour', 'day', 'month', 'weekday', 'year']

/** Reads seven fields, from the second to the year. `sunday` is the number that Sunday has in this notation. */
export function readCron(fields: readonly string[], sunday: 0 | 1): Cron | Refusal {
  const cron: Partial<Record<CronUnit, CronField>> = {}
  for (const [index, unit] of UNITS.entries()) {
    const field = readField(fields[index] as string, { unit, sunday })
    if (typeof field === 'object' && 'reason' in field) return field
    cron[unit] = field
  }
  return checkReal(cron as Cron)
}

interface Notation {
  readonly unit: CronUnit
  readonly sunday: 0 | 1
}

function readField(text: string, notation: Notation): CronField | Refusal {
  const { unit } = notation
  if (text === '*') return '*'
  if (text === '?')
    return unit === 'day' || unit === 'weekday'
      ? '*'
      : { reason: `the ${unit} cannot be "?"; only a day or a weekday can` }
  const items: CronItem[] = []
  for (const part of text.split(',')) {
    const read = readSpecial(part, notation) ?? readRange(part, notation)
    if ('reason' in read) return read
    items.push(...(Array.isArray(read) ? (read as CronItem[]) : [read as CronItem]))
  }
  return items
}

function readSpecial(part: string, notation: Notation): CronItem | Refusal | undefined {
  if (notation.unit === 'day') return readDayWord(part.toUpperCase())
  return notation.unit === 'weekday' ? readWeekdayWord(part.toUpperCase(), notation) : undefined
}

function readDayWord(text: string): CronItem | Refusal | undefined {
  if (text === 'L') return { last: true }
  if (text === 'LW' || text === 'WL') return { last: true, workday: true }
  const last = /^L-(\d+)$/.exec(text)
  if (last) return checked(inRange(Number(last[1]), 'day'), { last: true, offset: Number(last[1]) }, text)
  const nearest = /^(\d+)W$/.exec(text)
  return nearest ? checked(inRange(Number(nearest[1]), 'day'), { nearest: Number(nearest[1]) }, text) : undefined
}

function readWeekdayWord(text: string, notation: Notation): CronItem | Refusal | undefined {
  if (text === 'L') {
    return notation.sunday === 1
      ? single(6)
      : { reason: 'the weekday "L" needs a day before it: 5L is the last Friday' }
  }
  const match = /^(\w+?)(?:L|#(\d))$/.exec(text)
  const value = match ? weekdayOf(match[1] as string, notation, 0) : undefined
  if (!match || value === undefined) return undefined
  if (match[2] === undefined) return { last: true, value }
  return checked(Number(match[2]) >= 1 && Number(match[2]) <= 5, { nth: Number(match[2]), value }, text)
}

function checked(fits: boolean, item: CronItem, part: string): CronItem | Refusal {
  return fits ? item : { reason: `"${part}" is out of range` }
}

function readRange(part: string, notation: Notation): readonly CronItem[] | Refusal {
  const { unit } = notation
  const match = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part)
  if (!match) return { reason: `the ${unit} "${part}" is not understood` }
  const [, start, end, stepText] = match
  const step = stepText === undefined ? 1 : Number(stepText)
  const { from: min, to: max } = CRON_RANGES[unit]
  const size = max - min + 1
  if (step < 1 || step >= size) return { reason: tooFar(unit, stepText as string) }
  if (start === '*')
    return end === undefined ? [{ from: min, to: max, step }] : { reason: `the ${unit} "${part}" is not understood` }
  const first = rawOf(start as string, notation)
  const to = end === undefined ? first : rawOf(end, notation)
  if (first === undefined || to === undefined) return { reason: `${outOfRange(unit, notation)}, not "${part}"` }
  const from = ring(first, unit)
  if (first === to) return [{ from, to: stepText === undefined || end !== undefined ? from : max, step }]
  if (from <= to && to <= max) return [{ from, to, step }]
  return unit === 'year' ? { reason: `the year "${part}" runs backwards` } : wrapped(from, to, { unit, step })
}

// `22-2`, `FRI-MON`, `5-7`: on to the end of the field and from its start again.
function wrapped(
  from: number,
  to: number,
  { unit, step }: { readonly unit: CronUnit; readonly step: number },
): readonly CronItem[] {
  const { from: min, to: max } = CRON_RANGES[unit]
  const size = max - min + 1
  const count = Math.min(size, to >= from ? to - from + 1 : to - from + 1 + size)
  const end = from + count - 1
  if (step === 1 && end > max)
    return [
      { from, to: max, step },
      { from: min, to: end - size, step },
    ]
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => single(ring(from + index * step, unit)))
}

function ring(value: number, unit: CronUnit): number {
  const { from: min, to: max } = CRON_RANGES[unit]
  return value > max ? value - (max - min + 1) : value
}

function single(value: number): CronItem {
  return { from: value, to: value, step: 1 }
}

// A number or a name.
function rawOf(text: string, notation: Notation): number | undefined {
  const { unit } = notation
  if (unit === 'weekday') return weekdayOf(text, notation, 7)
  const named = unit === 'month' ? MONTHS.indexOf(text.toUpperCase()) + 1 : 0
  if (named > 0) return named
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return inRange(value, unit) ? value : undefined
}

// In a range Sunday may also be 7, so that `5-7` is one.
function weekdayOf(text: string, { sunday }: Notation, second: 0 | 7): number | undefined {
  const named = WEEKDAYS.indexOf(text.toUpperCase())
  if (named >= 0) return named
  if (!/^\d$/.test(text)) return undefined
  const value = Number(text) - sunday
  if (sunday === 0 && value === 7) return second
  return inRange(value, 'weekday') ? value : undefined
}

function inRange(value: number, unit: CronUnit): boolean {
  return value >= CRON_RANGES[unit].from && value <= CRON_RANGES[unit].to
}

function outOfRange(unit: CronUnit, { sunday }: Notation): string {
  if (unit === 'weekday')
    return `the weekday is ${sunday === 1 ? '1 (Sunday) to 7' : '0 (Sunday) to 7 (Sunday again)'} or SUN to SAT`
  const { from, to } = CRON_RANGES[unit]
  return `the ${unit} is ${from} to ${to}${unit === 'month' ? ' or JAN to DEC' : ''}`
}

function tooFar(unit: CronUnit, step: string): string {
  if (unit === 'second' || unit === 'minute' || unit === 'hour') {
    return `a step of ${step} in the ${unit} field starts again with every ${unit === 'second' ? 'minute' : unit === 'minute' ? 'hour' : 'day'}; for a span of time write "every: ${step}${unit.charAt(0)}"`
  }
  return `the ${unit} has no step of ${step}`
}

const LONGEST_DAY: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

// The 31st of February never comes.
function checkReal(cron: Cron): Cron | Refusal {
  if (cron.day === '*') return cron
  const days = cronValues(cron.day, 'day')
  const months = cronValues(cron.month, 'month')
  if (cron.weekday !== '*' || !days || !months) return cron
  const longest = Math.max(...months.map((month) => LONGEST_DAY[month - 1] as number))
  return (days[0] as number) > longest ? { reason: `no such month has a day ${days[0]}, so it never fires` } : cron
}
