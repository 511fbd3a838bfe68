import type { ActionIo } from '../actions/io.ts'
import type { Found } from '../ui/fold.ts'
import type { Style } from '../ui/style.ts'

/**
 * A command as data. `O` is what its action takes, `R` what it returns. Methods, not function fields: so a
 * table can hold commands of all kinds, and the parser is the one place that vouches for `O`.
 */
export interface Command<O = unknown, R = unknown> {
  readonly name: string
  readonly group: Group
  /** One line: upper case, no full stop. */
  readonly summary: string
  /** More, for its own help page. */
  readonly details?: string
  readonly arguments?: readonly Argument[]
  readonly options: readonly Option[]
  readonly examples: readonly Example[]
  /** The log lines that it tells are its result, not remarks. */
  readonly logs?: 'result'
  /** Looks at thousands of files, perhaps, and does little else. */
  readonly walksFiles?: boolean
  run(options: O, io: ActionIo): Promise<R>
  /** The result for stdout. */
  show(result: R, look: Look, options: O): string | Uint8Array
  /** The result for `--json`, where it is not the whole of it. */
  data?(result: R): unknown
  /** A last line on stderr. */
  closing?(result: R, look: Look): string | undefined
  /** Mistakes that the result comes with: then the command has failed, and the result is shown all the same. */
  found?(result: R): readonly Found[]
  /** The exit status of a success that is not 0. */
  exit?(result: R, options: O): number
}

export const GROUPS = ['Write', 'Build', 'Run', 'Operate'] as const

export type Group = (typeof GROUPS)[number]

export interface Option {
  /** Without its dashes. Among the action's options it bears the same name in camel case, unless `as` says another. */
  readonly name: string
  readonly as?: string
  readonly short?: string
  /** What stands for the value in help, such as `DIR`; absent for a switch. */
  readonly value?: string
  /** The value may be left out, and then it is `true`. */
  readonly isOptional?: boolean
  readonly isRequired?: boolean
  /** An empty text is a value too; elsewhere it is a variable of the shell that is not set. */
  readonly mayBeEmpty?: boolean
  /** May be given several times; the values are a list. */
  readonly isList?: boolean
  readonly choices?: readonly string[]
  /** Makes the value of the text. Throws SLS0002. */
  readonly read?: (text: string) => unknown
  /** Makes one value of a list. */
  readonly gather?: (values: readonly unknown[]) => unknown
  readonly says: string
}

export interface Argument {
  readonly name: string
  readonly as: string
  readonly isRequired?: boolean
  readonly isList?: boolean
  readonly says: string
}

export interface Example {
  readonly says: string
  readonly command: string
}

/** What stdout looks like. */
export interface Look {
  readonly style: Style
  readonly isTerminal: boolean
  readonly columns: number
}
