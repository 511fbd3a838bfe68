/**
 * A cron expression of any dialect, taken apart. Weekdays are 0 (Sunday) to 6; months 1 to 12.
 * When day and weekday are both restricted, either of them is enough.
 */
export interface Cron {
  readonly second: CronField
  readonly minute: CronField
  readonly hour: CronField
  readonly day: CronField
  readonly month: CronField
  readonly weekday: CronField
  readonly year: CronField
}

export type CronUnit = keyof Cron

/** `*`, or the union of its items. */
export type CronField = '*' | readonly CronItem[]

export type CronItem = CronRange | CronSpecial

/** `from` to `to`, both included, by steps of `step`; one value has `from` equal to `to`. */
export interface CronRange {
  readonly from: number
  readonly to: number
  readonly step: number
}

/** What only some dialects know: the last day `L`, the nearest weekday `15W`, the third Friday `5#3`. */
export type CronSpecial =
  | { readonly last: true; readonly offset?: number; readonly value?: number; readonly workday?: true }
  | { readonly nearest: number }
  | { readonly nth: number; readonly value: number }

/** Why a text is not understood, or why something cannot be said: lower case, no full stop. */
export interface Refusal {
  readonly reason: string
  /** The way out, where there is one. */
  readonly instead?: string
}

/** What each field can hold, both ends included. */
export const CRON_RANGES: Readonly<Record<CronUnit, { readonly from: number; readonly to: number }>> = {
  second: { from: 0, to: 59 },
  minute: { from: 0, to: 59 },
  hour: { from: 0, to: 23 },
  day: { from: 1, to: 31 },
  month: { from: 1, to: 12 },
  weekday: { from: 0, to: 6 },
  year: { from: 1970, to: 2199 },
}

export const MONTHS: readonly string[] = [
  'JAN',
  'FEB',
  'MAR',
  'APR',
  'MAY',
  'JUN',
  'JUL',
  'AUG',
  'SEP',
  'OCT',
  'NOV',
  'DEC',
]
export const WEEKDAYS: readonly string[] = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

export function isSpecial(item: CronItem): item is CronSpecial {
  return !('step' in item)
}

/** The values of a field in ascending order; undefined when the calendar decides (`L`, `W`, `#`). */
export function cronValues(field: CronField, unit: CronUnit): readonly number[] | undefined {
  const items = field === '*' ? [{ ...CRON_RANGES[unit], step: 1 }] : field
  const values = new Set<number>()
  for (const item of items) {
    if (isSpecial(item)) return undefined
    for (let value = item.from; value <= item.to; value += item.step) values.add(value)
  }
  return [...values].sort((a, b) => a - b)
}

/** The shortest field with these values: `*` when they are all, else runs and single values. */
export function cronField(values: readonly number[], unit: CronUnit): CronField {
  const { from, to } = CRON_RANGES[unit]
  const sorted = [...new Set(values)].sort((a, b) => a - b)
  if (sorted.length === to - from + 1) return '*'
  const items: CronRange[] = []
  for (const value of sorted) {
    const last = items.at(-1)
    if (last && last.to === value - 1) items[items.length - 1] = { ...last, to: value }
    else items.push({ from: value, to: value, step: 1 })
  }
  // Two neighbours read better apart: `1,2` and not `1-2`.
  return items.flatMap((item) => (item.to === item.from + 1 ? [single(item.from), single(item.to)] : [item]))
}

function single(value: number): CronRange {
  return { from: value, to: value, step: 1 }
}
