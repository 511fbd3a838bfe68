import type { Event } from 'js-yaml'

/** One file: its text, its value, and the parser's events that places are found by. */
export interface Source {
  /** Absolute path. */
  readonly file: string
  readonly text: string
  readonly value: unknown
  /** Absent when the value came from a module: then every place is the file itself. */
  readonly events?: readonly Event[]
}
