import type { Tell } from '@anyfaas/kit'
import type { Found } from './fold.ts'

/** Shows what a command tells, and how it ended. */
export interface Reporter {
  readonly tell: Tell
  /** A line to the user that belongs to no result. */
  remark(text: string): void
  /** Takes away what moves on the screen before somebody else writes, as a question does. */
  hold(): void
  /** The end: what is left to say, and the result on stdout. */
  finish(ending: Ending): void
}

export type Ending = Success | Failure

export interface Result {
  /** For `--json`. */
  readonly data: unknown
  /** As people and pipes take it. */
  readonly text: string | Uint8Array
}

export interface Success extends Result {
  readonly ok: true
  /** A last line that is not part of the result. */
  readonly closing?: string
}

export interface Failure {
  readonly ok: false
  readonly found: readonly Found[]
  /** What there is to show all the same. */
  readonly result?: Result
  /** Stacks, when the user asked for them. */
  readonly trace?: string
}
