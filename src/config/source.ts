import type { Pointer } from '@anyfaas/kit'
import type { Event } from 'js-yaml'

/** One file: its text, its value, and the way to the parser's events that places are found by. */
export interface Source {
  /** Absolute path. */
  readonly file: string
  readonly text: string
  readonly value: unknown
  /** One object may stand in several places of the value. */
  readonly hasAliases?: boolean
  /** Absent when the value came from a module: then every place is the file itself. Asked for when there is a place to show. */
  readonly events?: () => readonly Event[]
  /** In place of events, for a file that is no data: pointer -> where its value stands. */
  readonly ranges?: ReadonlyMap<Pointer, Range>
}

/** A value's place in a text, and its key's where it has one. */
export interface Range {
  readonly start: number
  readonly end: number
  readonly key?: { readonly start: number; readonly end: number }
}
