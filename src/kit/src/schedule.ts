import type { Cron, Refusal } from './cron.ts'
import { readCron } from './cron-read.ts'

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

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

/**
 * Reads a schedule of any dialect: 5 fields, 6 with seconds, 7 with a year; `cron(…)` with its `?` and its
 * weekdays from 1; `rate(5 minutes)`; `@every 5m`; `@daily` and its like.
 */
export function parseSchedule(text: string): Schedule | Refusal {
  const known = parsed.get(text)
  if (known) return known
  const schedule = readSchedule(text.trim())
  parsed.set(text, schedule)
  return schedule
}

// A schedule is asked for by the check of its text and by the model.
const parsed = new Map<string, Schedule | Refusal>()

function readSchedule(trimmed: string): Schedule | Refusal {
  const wrapped = /^(cron|rate|at)\((.*)\)$/is.exec(trimmed)
  if (wrapped) return parseWrapped((wrapped[1] as string).toLowerCase(), (wrapped[2] as string).trim())
  if (/^@every\s/i.test(trimmed)) return parseInterval(trimmed.slice('@every'.length))
  if (trimmed.startsWith('@')) {
    const macro = MACROS[trimmed.toLowerCase()]
    return macro === undefined
      ? { reason: `there is no "${trimmed}"; there are @every, ${Object.keys(MACROS).join(', ')}` }
      : parseSchedule(macro)
  }
  if (/^(CRON_)?TZ=/i.test(trimmed)) return { reason: 'a time zone stands in "timezone", not in the expression' }
  return parseFields(trimmed.split(/\s+/))
}

/** Reads a span of time such as `5m`, `1h30m` or `10 minutes`. */
export function parseInterval(text: string): Every | Refusal {
  const compact = text.trim().toLowerCase()
  if (/^\d+$/.test(compact)) return { reason: `"${compact}" needs a unit, such as ${compact}s or ${compact}m` }
  const parts = [...compact.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)\s*/g)]
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== compact) {
    return { reason: `"${text.trim()}" is not a span of time such as 90s, 5m, 1h30m or 1d` }
  }
  let seconds = 0
  for (const [, amount, word] of parts) {
    const unit =
      SECONDS[(word as string).replace(/^(min|sec|hr)s?$/, '$1').replace(/^(second|minute|hour|day|week)s$/, '$1')]
    if (unit === undefined) return { reason: `"${word}" is not a unit of time; there are s, m, h, d and w` }
    seconds += Number(amount) * unit
  }
  if (!Number.isSafeInteger(seconds) || seconds < 1)
    return { reason: 'an interval is a whole number of seconds, at least one' }
  return { kind: 'every', seconds }
}

const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  second: 1,
  m: 60,
  min: 60,
  minute: 60,
  h: 3600,
  hr: 3600,
  hour: 3600,
  d: 86_400,
  day: 86_400,
  w: 604_800,
  week: 604_800,
}

// The forms with a word before brackets count weekdays from 1, Sunday.
function parseWrapped(word: string, inner: string): Schedule | Refusal {
  if (word === 'at') return { reason: 'a timer repeats; a single time is not one' }
  if (word === 'rate')
    return /^\d+\s+(minute|hour|day)s?$/i.test(inner)
      ? parseInterval(inner)
      : { reason: 'a rate is a number and minutes, hours or days, as rate(5 minutes)' }
  const fields = inner.split(/\s+/)
  if (fields.length !== 6)
    return { reason: `cron(…) has 6 fields: minute, hour, day, month, weekday, year; this one has ${fields.length}` }
  const cron = readCron(['0', ...fields], 1)
  if ('reason' in cron) return cron
  if (cron.day !== '*' && cron.weekday !== '*') return { reason: 'in cron(…) one of day and weekday has to be "?"' }
  return { kind: 'cron', cron }
}

function parseFields(fields: readonly string[]): Schedule | Refusal {
  const count = fields.length
  if (fields[0] === '') return { reason: 'it is empty' }
  if (count < 5 || count > 7)
    return { reason: `a cron expression has 5, 6 (with seconds) or 7 fields (with a year); this one has ${count}` }
  const full = count === 5 ? ['0', ...fields, '*'] : count === 6 ? [...fields, '*'] : fields
  const cron = readCron(full, 0)
  if (!('reason' in cron)) return { kind: 'cron', cron }
  // Six fields that make no sense with seconds were most likely written for the other reading.
  const hint =
    count === 6 && fields.includes('?') ? `; if the last field is the year, write cron(${fields.join(' ')})` : ''
  return { reason: cron.reason + hint }
}
