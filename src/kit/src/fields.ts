import type { Diagnostic, Pointer } from './diagnostic.ts'
import { error, warning } from './diagnostic.ts'
import { describeRange, fitRange, type Range } from './range.ts'
import type { FieldTable, Lossy, Refuse, Rule, To } from './tables.ts'
import { isVerdict, type Verdict, verdictOf } from './verdict.ts'

export interface Mapped {
  readonly spec: Record<string, unknown>
  readonly diagnostics: readonly Diagnostic[]
}

/** Who is translated, for the messages: `aws` and `function "login"`. */
export interface Subject {
  readonly platform: string
  readonly name: string
  /** Model field -> the key of the file that it stands under, where they differ beyond units (`memoryMb` -> `memorySize`). */
  readonly keys?: Readonly<Record<string, string>>
}

/** The one interpreter of field tables: reads a model object by its table and writes the platform's words. */
export function mapFields<T extends object>(
  table: FieldTable<T>,
  source: T & { readonly at: Pointer },
  subject: Subject,
): Mapped {
  const out: Out = { spec: {}, diagnostics: [], subject, root: source }
  mapInto(table as Table, source as Source, { out, at: source.at, path: '' })
  return out
}

/** The fields that a table emulates without a word, among those that the object has. */
export function emulationsIn<T extends object>(
  table: FieldTable<T>,
  source: T & { readonly at: Pointer },
): readonly { readonly pointer: Pointer; readonly how: string }[] {
  return emulatedRows(table as Table, source as Source, source.at)
}

/** Writes at a dotted path and makes the objects on the way. `\.` is a dot inside a key. */
export function setPath(target: Record<string, unknown>, path: string, value: unknown): void {
  const keys = paths.get(path) ?? splitPath(path)
  const last = keys.length - 1
  let at = target
  for (let index = 0; index < last; index++) {
    const key = keys[index] as string
    if (typeof at[key] !== 'object' || at[key] === null) at[key] = {}
    at = at[key] as Record<string, unknown>
  }
  at[keys[last] as string] = value
}

// Those of the tables.
const paths = new Map<string, readonly string[]>()

function splitPath(path: string): readonly string[] {
  const keys = path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'))
  paths.set(path, keys)
  return keys
}

type Source = Readonly<Record<string, unknown>>
type Table = Readonly<Record<string, Rule<Source, string>>>

interface Out {
  readonly spec: Record<string, unknown>
  readonly diagnostics: Diagnostic[]
  readonly subject: Subject
  readonly root: unknown
}

interface Spot {
  readonly out: Out
  readonly at: Pointer
  /** The keys above, as the user writes them: `concurrency.`. */
  readonly path: string
}

function mapInto(table: Table, source: Source, spot: Spot): void {
  const rows = knownRows.get(table) ?? rowsOf(table)
  for (let index = 0; index < rows.length; index++) {
    const { name, rule } = rows[index] as Row
    const value = source[name]
    if (isAbsent(value)) continue
    if ('to' in rule) write(rule, source, spot, name)
    else if ('rows' in rule) mapInto(rule.rows as Table, value as Source, spotUnder(spot, name))
    // What is switched off was not asked for.
    else if (value !== false && !('lossy' in rule && rule.when?.(value) === false)) tellLoss(rule, fieldOf(spot, name))
  }
}

interface Row {
  readonly name: string
  readonly rule: Exclude<Rule<Source, string>, { elsewhere: string } | { emulated: string }>
}

// The rows of a table that write something or have something to say.
function rowsOf(table: Table): readonly Row[] {
  const rows = Object.entries(table).flatMap(([name, rule]): Row[] =>
    'to' in rule || !('elsewhere' in rule || 'emulated' in rule) ? [{ name, rule } as Row] : [],
  )
  knownRows.set(table, rows)
  return rows
}

const knownRows = new WeakMap<Table, readonly Row[]>()

function spotUnder({ out, at, path }: Spot, name: string): Spot {
  const key = fileKey(name, out.subject)
  return { out, at: `${at}/${key}`, path: `${path}${key}.` }
}

function emulatedRows(table: Table, source: Source, at: Pointer): { pointer: Pointer; how: string }[] {
  return Object.entries(table).flatMap(([field, rule]) => {
    const value = source[field]
    if (isAbsent(value)) return []
    const pointer = `${at}/${fileKey(field)}`
    if ('rows' in rule) return emulatedRows(rule.rows as Table, value as Source, pointer)
    if (!('emulated' in rule) || rule.emulated === undefined) return []
    const holds = 'when' in rule && rule.when ? rule.when(value) : value !== false
    return holds ? [{ pointer, how: rule.emulated }] : []
  })
}

function write(rule: To<Source, string>, source: Source, spot: Spot, name: string): void {
  const value = source[name]
  const fitted = rule.range ? fitRange(value as number, rule.range) : value
  if (rule.range && fitted !== value) tellRange(value as number, rule.range, fieldOf(spot, name))
  if (fitted === undefined) return
  const written = rule.as ? rule.as(fitted as never, source, spot.out.root) : fitted
  const final = isVerdict(written) ? settle(written, fieldOf(spot, name)) : written
  if (final !== undefined) setPath(spot.out.spec, rule.to, final)
}

/** A field of which there is something to say. */
interface Field extends Spot {
  readonly key: string
}

function fieldOf(spot: Spot, name: string): Field {
  return { ...spot, key: fileKey(name, spot.out.subject) }
}

function tellRange(value: number, range: Range, field: Field): void {
  const { platform, name } = field.out.subject
  const fitted = fitRange(value, range)
  const place = { pointer: `${field.at}/${field.key}`, on: 'value' as const }
  const takes = `${platform} takes ${describeRange(range)}`
  const label = `"${field.path}${field.key}" of ${name}`
  const reason =
    fitted === undefined
      ? `is ${value}; it takes ${describeRange(range)}`
      : `becomes ${fitted}, not ${value}: it takes ${describeRange(range)}`
  if (fitted === undefined)
    field.out.diagnostics.push(error('SLS3003', `${label} is ${value}; ${takes}`, { ...place, reason }))
  else
    field.out.diagnostics.push(
      warning('SLS3003', `${label} becomes ${fitted}, not ${value}: ${takes}`, { ...place, reason }),
    )
}

function settle(verdict: Verdict, field: Field): unknown {
  const { platform, name } = field.out.subject
  const { reason } = verdict
  const place = { pointer: `${field.at}/${field.key}`, on: 'value' as const, ...help(verdict.instead), reason }
  const label = `"${field.path}${field.key}" of ${name}`
  const kind = verdictOf(verdict)
  if (kind === 'refused')
    field.out.diagnostics.push(error('SLS3001', `${platform} cannot do ${label}: ${reason}`, place))
  else if (kind === 'adjusted')
    field.out.diagnostics.push(warning('SLS3003', `${label} is changed for ${platform}: ${reason}`, place))
  else
    field.out.diagnostics.push({
      code: 'SLS3002',
      severity: 'note',
      message: `${label} on ${platform}: ${reason}`,
      ...place,
      ...(kind === 'built' && { emulated: true }),
    })
  return verdict.value
}

function tellLoss(rule: Refuse | Lossy, field: Field): void {
  const { platform, name } = field.out.subject
  const place = { pointer: `${field.at}/${field.key}`, on: 'key' as const }
  const label = `"${field.path}${field.key}" of ${name}`
  if ('refuse' in rule) field.out.diagnostics.push(refusal(`${platform} cannot do ${label}`, rule, place))
  else
    field.out.diagnostics.push(
      warning('SLS3002', `${label} has no counterpart on ${platform} and is left out: ${rule.lossy}`, {
        ...place,
        ...help(rule.instead),
        reason: rule.lossy,
      }),
    )
}

/** The diagnostic of a refused row. */
export function refusal(
  what: string,
  rule: Refuse,
  place: { readonly pointer: Pointer; readonly on: 'key' | 'value' },
): Diagnostic {
  return error('SLS3001', `${what}: ${rule.refuse}`, { ...place, ...help(rule.instead), reason: rule.refuse })
}

function help(instead: string | undefined): { help?: readonly string[] } {
  return instead === undefined ? {} : { help: [instead] }
}

// Empty lists and maps are the model's way to say "not asked for".
function isAbsent(value: unknown): boolean {
  if (value === undefined) return true
  if (Array.isArray(value)) return value.length === 0
  if (typeof value !== 'object' || value === null) return false
  for (const key in value) if (Object.hasOwn(value, key)) return false
  return true
}

const FILE_KEYS: Readonly<Record<string, string>> = {
  memoryMb: 'memorySize',
  diskMb: 'diskSize',
  methods: 'method',
  schedule: 'cron',
  cloudLayers: 'layers',
  triggers: 'events',
}

/** The key of the file that a field of the model stands under: the model has units in its names, the file has not. */
export function fileKey(field: string, subject?: Subject): string {
  return subject?.keys?.[field] ?? FILE_KEYS[field] ?? field.replace(/Sec$/, '')
}
