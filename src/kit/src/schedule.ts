/** When a timer fires: every so many seconds, or at the times of a cron expression. */
export type Schedule = Every | CronSchedule

export interface Every {
  readonly kind: 'every'
  readonly seconds: number
}

export interface CronSchedule {
  readonly kind: 'cron'
  readonly cron: Cron
}

/** A cron expression of any dialect, taken apart. Weekdays are 0 (Sunday) to 6; months 1 to 12. */
export interface Cron {
  readonly second: CronField
  readonly minute: CronField
  readonly hour: CronField
  readonly day: CronField
  readonly month: CronField
  readonly weekday: CronField
  readonly year: CronField
}

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
