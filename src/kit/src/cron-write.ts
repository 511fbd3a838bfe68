import {
  CRON_RANGES,
  type Cron,
  type CronField,
  type CronRange,
  type CronSpecial,
  type CronUnit,
  cronValues,
  isSpecial,
  type Refusal,
  WEEKDAYS,
} from './cron.ts'

/** How one platform writes cron expressions. */
export interface CronDialect {
  /** For messages, as in "a cron expression of this platform has no seconds". */
  readonly name: string
  readonly fields: readonly CronUnit[]
  /** Around the fields, as `cron(` and `)`. */
  readonly around?: readonly [string, string]
  /** What Sunday is as a number. */
  readonly sunday: 0 | 1
  /** Writes MON to SUN instead of numbers. */
  readonly names?: boolean
  /** What stands in the day or weekday that does not decide, where `*` may not. */
  readonly undecided?: '?'
  /** A day and a weekday together: either is enough, or the dialect cannot say it. */
  readonly bothDays: 'either' | 'never'
  /** `start` knows steps to the end of a field only (`a/n`); `range` knows `a-b/n`. */
  readonly steps: 'start' | 'range'
  /** Fields without steps; they become lists. */
  readonly stepless?: readonly CronUnit[]
  /** Fields that hold one number and nothing else. */
  readonly single?: readonly CronUnit[]
  readonly words: readonly CronWord[]
  /** Whether such a word can stand in a list. */
  readonly wordsInLists?: boolean
  readonly lastYear?: number
}

/** What is more than numbers, by its look. */
export type CronWord = 'L' | 'L-3' | 'LW' | '5L' | '15W' | '5#3'

/** The notation that `parseSchedule` reads: everything can be said in it. */
export const PLAIN_CRON: CronDialect = {
  name: 'a plain cron expression',
  fields: ['second', 'minute', 'hour', 'day', 'month', 'weekday', 'year'],
  sunday: 0,
  bothDays: 'either',
  steps: 'range',
  words: ['L', 'L-3', 'LW', '5L', '15W', '5#3'],
  wordsInLists: true,
}

/** What the common timer libraries take. */
export const LIBRARY_CRON: CronDialect = {
  ...PLAIN_CRON,
  name: 'the timer',
  words: ['L', 'LW', '5L', '15W', '5#3'],
}

/** The expression in a dialect, or why the dialect cannot say it. */
export function formatCron(given: Cron, dialect: CronDialect): string | Refusal {
  const cron = simplify(given)
  const missing = missingField(cron, dialect)
  if (missing) return missing
  if (dialect.bothDays === 'never' && cron.day !== '*' && cron.weekday !== '*') {
    return { reason: `${dialect.name} takes a day of the month or a weekday, not both`, instead: 'make it two timers' }
  }
  const texts: string[] = []
  for (const unit of dialect.fields) {
    const text = writeField(cron, unit, dialect)
    if (typeof text !== 'string') return text
    texts.push(text)
  }
  const [open, close] = dialect.around ?? ['', '']
  return open + texts.join(' ') + close
}

// A field that holds everything is `*`; a day or a weekday that is always true decides for both.
function simplify(cron: Cron): Cron {
  const plain: { -readonly [U in CronUnit]: CronField } = { ...cron }
  for (const unit of Object.keys(cron) as CronUnit[]) if (isAll(cron[unit], unit)) plain[unit] = '*'
  const isAlways = (cron.day !== '*' && plain.day === '*') || (cron.weekday !== '*' && plain.weekday === '*')
  return isAlways ? { ...plain, day: '*', weekday: '*' } : plain
}

function isAll(field: CronField, unit: CronUnit): boolean {
  if (field === '*') return true
  const [only, ...others] = field
  // One value, as most fields have.
  if (others.length === 0 && only && !isSpecial(only) && only.from === only.to) return false
  return cronValues(field, unit)?.length === CRON_RANGES[unit].to - CRON_RANGES[unit].from + 1
}

function missingField(cron: Cron, dialect: CronDialect): Refusal | undefined {
  if (!dialect.fields.includes('second') && String(cronValues(cron.second, 'second')) !== '0') {
    return { reason: `${dialect.name} has no seconds; it fires at the full minute`, instead: 'let the second be 0' }
  }
  if (!dialect.fields.includes('year') && cron.year !== '*')
    return { reason: `${dialect.name} has no year`, instead: 'leave the year out' }
  return undefined
}

function writeField(cron: Cron, unit: CronUnit, dialect: CronDialect): string | Refusal {
  const field = cron[unit]
  if (dialect.single?.includes(unit) && cronValues(field, unit)?.length !== 1) {
    return { reason: `the ${unit} of ${dialect.name} is one number`, instead: `name one ${unit}` }
  }
  if (field === '*') return undecided(cron, unit, dialect) ?? '*'
  const out: string[] = []
  for (const item of field) {
    const text = isSpecial(item)
      ? writeWord(item, { alone: field.length === 1, dialect })
      : writeRange(item, unit, dialect)
    if (typeof text !== 'string') return text
    out.push(text)
  }
  return out.join(',')
}

// One of the two has to give way: the weekday when neither is restricted.
function undecided(cron: Cron, unit: CronUnit, dialect: CronDialect): string | undefined {
  if (unit === 'weekday') return dialect.undecided
  return unit === 'day' && cron.weekday !== '*' ? dialect.undecided : undefined
}

function writeRange(item: CronRange, unit: CronUnit, dialect: CronDialect): string | Refusal {
  const { from, to, step } = item
  const { from: min, to: max } = CRON_RANGES[unit]
  const text = (value: number): string => valueText(value, unit, dialect)
  if (unit === 'year' && to > (dialect.lastYear ?? max))
    return { reason: `${dialect.name} ends with the year ${dialect.lastYear}` }
  if (from === to) return text(from)
  if (step === 1) {
    // Weeks begin on Sunday or on Monday: a range from Sunday would depend on it.
    return unit === 'weekday' && from === 0
      ? `${text(0)},${writeRange({ from: 1, to, step }, unit, dialect)}`
      : `${text(from)}-${text(to)}`
  }
  const last = to - ((to - from) % step)
  const isOpen = last + step > max
  const isListed = dialect.stepless?.includes(unit) || (unit === 'weekday' && dialect.names)
  if (isListed || (dialect.steps === 'start' && !isOpen)) return (cronValues([item], unit) ?? []).map(text).join(',')
  if (isOpen && from === min) return `*/${step}`
  return dialect.steps === 'start' ? `${text(from)}/${step}` : `${text(from)}-${text(to)}/${step}`
}

function writeWord(
  item: CronSpecial,
  { alone, dialect }: { readonly alone: boolean; readonly dialect: CronDialect },
): string | Refusal {
  const [word, text] = spell(item, dialect)
  if (!dialect.words.includes(word))
    return {
      reason: `${dialect.name} has no "${text}"`,
      instead: 'choose fixed days, or look at the date inside the function',
    }
  return alone || dialect.wordsInLists
    ? text
    : { reason: `"${text}" of ${dialect.name} cannot stand in a list`, instead: 'make it two timers' }
}

function spell(item: CronSpecial, { sunday }: CronDialect): [CronWord, string] {
  if ('nearest' in item) return ['15W', `${item.nearest}W`]
  if ('nth' in item) return ['5#3', `${item.value + sunday}#${item.nth}`]
  if (item.value !== undefined) return ['5L', `${item.value + sunday}L`]
  if (item.workday) return ['LW', 'LW']
  return item.offset === undefined ? ['L', 'L'] : ['L-3', `L-${item.offset}`]
}

function valueText(value: number, unit: CronUnit, { sunday, names }: CronDialect): string {
  if (unit !== 'weekday') return String(value)
  return names ? (WEEKDAYS[value] as string) : String(value + sunday)
}
