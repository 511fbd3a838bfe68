import { type Diagnostic, error, type Pointer } from '@anyfaas/kit'
import { type Moves, type Places, span } from '../places.ts'
import { under } from '../pointer.ts'
import type { Source } from '../source.ts'
import { spanOf } from '../spans.ts'
import type { Tree } from '../tree.ts'
import type { Expression, Malformed, Template } from './parse.ts'
import type { VariableContext } from './sources.ts'

/** Stands where a variable had no value: the mistake is reported, and later steps pass over it. */
export const UNRESOLVED = Symbol('unresolved')

/** The text being resolved: in the service file, or in a file that `${file()}` brought. */
export interface Cursor {
  readonly pointer: Pointer
  readonly source?: Source
}

/** A variable being looked up: where it stands, and its own text, for messages. */
export interface Asked {
  readonly cursor: Cursor
  readonly text: string
}

/** What an expression gives: a value, where it was, and whether it is text from outside. */
export interface Found {
  readonly value: unknown
  readonly origin?: Cursor
  /** Text from outside, which may become a number or a switch. */
  readonly soft?: boolean
}

/** One resolution of one tree. */
export interface Resolver {
  readonly root: Tree
  readonly context: VariableContext
  readonly places: Places
  readonly diagnostics: Diagnostic[]
  /** What was replaced by a value from elsewhere. */
  readonly moves: Moves
  readonly soft: Set<Pointer>
  /** Names that are being resolved, to see circles. */
  readonly busy: string[]
  /** Texts of the service file that are resolved already: a mistake is told once. */
  readonly done: Map<Pointer, unknown>
  readonly files: Map<string, Source>
  /** Texts that have been taken apart: functions often share them. */
  readonly templates: Map<string, Template | Malformed>
  /** What expressions gave that any place can have. */
  readonly evaluated: Map<Expression, Found>
  /** Maps and lists that stand where a variable was. */
  readonly brought: WeakSet<object>
  /** The tree is written to; else a copy of it. */
  inPlace: boolean
  /** Values walked so far. */
  values: number
  /** A copy of a value with its variables resolved. */
  resolve(value: unknown, cursor: Cursor): unknown
  /** A name that may itself contain variables. */
  name(template: Template, cursor: Cursor): string | typeof UNRESOLVED
}

interface Mistake {
  readonly message: string
  readonly help?: readonly string[]
  readonly notes?: NonNullable<Diagnostic['notes']>
}

/** Reports a mistake at the text being resolved, at the variable itself where it can be seen. */
export function report(
  resolver: Resolver,
  code: Diagnostic['code'],
  asked: Asked,
  mistake: Mistake,
): typeof UNRESOLVED {
  const { source, pointer } = asked.cursor
  const whole = source ? spanOf(source, pointer, 'value') : span(resolver.places, pointer)
  const text = (source ?? resolver.places.main).text
  const index = text.slice(whole.start, whole.end).indexOf(asked.text)
  const start = whole.start + Math.max(index, 0)
  const at = index < 0 ? whole : { file: whole.file, start, end: start + asked.text.length }
  const { message, ...rest } = mistake
  resolver.diagnostics.push(error(code, message, { at, ...rest }))
  return UNRESOLVED
}

/** The place one key further. */
export function step(cursor: Cursor, key: string | number): Cursor {
  const pointer = under(cursor.pointer, key)
  return cursor.source ? { source: cursor.source, pointer } : { pointer }
}
