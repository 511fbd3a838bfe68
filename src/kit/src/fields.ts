import type { Diagnostic, Pointer } from './diagnostic.ts'
import { error, warning } from './diagnostic.ts'
import type { Elsewhere, FieldTable, Lossy, Refuse, Rule } from './tables.ts'

export interface Mapped {
  readonly spec: Record<string, unknown>
  readonly diagnostics: readonly Diagnostic[]
}

/** Who is translated, for the messages: `aws` and `function "login"`. */
export interface Subject {
  readonly platform: string
  readonly name: string
  /** Model field -> the key of the file that it stands under, where they differ (`memoryMb` -> `memorySize`). */
  readonly keys?: Readonly<Record<string, string>>
}

/** The one interpreter of field tables: reads a model object by its table and writes the platform's words. */
export function mapFields<T extends object>(table: FieldTable<T>, source: T & { readonly at: Pointer }, subject: Subject): Mapped {
  const spec: Record<string, unknown> = {}
  const diagnostics: Diagnostic[] = []
  for (const field of Object.keys(table) as (keyof T & string)[]) {
    const value = source[field]
    if (isAbsent(value)) continue
    const rule = table[field] as Rule<T, typeof field>
    if ('to' in rule) {
      const convert = rule.as as ((value: unknown, whole: T) => unknown) | undefined
      const written = convert ? convert(value, source) : value
      if (written !== undefined) setPath(spec, rule.to as string, written)
    } else {
      const found = judge(rule, field, source.at, subject)
      if (found) diagnostics.push(found)
    }
  }
  return { spec, diagnostics }
}

/** Writes at a dotted path and makes the objects on the way. `\.` is a dot inside a key. */
export function setPath(target: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.')
  let at = target
  for (const key of keys.slice(0, -1)) {
    const next = at[key]
    if (typeof next === 'object' && next !== null) at = next as Record<string, unknown>
    else at = (at[key] = {}) as Record<string, unknown>
  }
  at[keys.at(-1) as string] = value
}

// Empty lists and maps, and switches that are off, are the model's way to say "not asked for".
function isAbsent(value: unknown): boolean {
  if (value === undefined) return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function judge(rule: Refuse | Lossy | Elsewhere, field: string, at: Pointer, subject: Subject): Diagnostic | undefined {
  const key = subject.keys?.[field] ?? field
  const place = { pointer: `${at}/${key}`, on: 'key' as const }
  if ('refuse' in rule) {
    return error('SLS3001', `${subject.platform} cannot do "${key}" of ${subject.name}: ${rule.refuse}`, { ...place, ...help(rule.instead) })
  }
  if ('lossy' in rule) {
    return warning('SLS3002', `"${key}" of ${subject.name} has no counterpart on ${subject.platform} and is left out: ${rule.lossy}`, {
      ...place,
      ...help(rule.instead),
    })
  }
  return undefined
}

function help(instead: string | undefined): { help?: readonly string[] } {
  return instead === undefined ? {} : { help: [instead] }
}
