import { readGit } from './git.ts'

/** What variables are read from, besides the file itself. */
export interface VariableContext {
  /** Absolute path of the service folder. */
  readonly dir: string
  /** Absent while the stage itself is being found out. */
  readonly stage?: string
  /** The provider that the command line names. */
  readonly provider?: string
  /** A variable of the process, of `.env.STAGE`, or of `.env`, in this order. */
  readonly env: (name: string) => string | undefined
  /** Options of the command line, for `${opt:}`. */
  readonly options: Readonly<Record<string, unknown>>
  /** `--param` values. */
  readonly params: Readonly<Record<string, string>>
}

/** Sources that need nothing of the file; `self`, `file`, `param`, `sls` and `secret` are in lookup.ts. */
export const SOURCES: Readonly<Record<string, (name: string, context: VariableContext) => unknown>> = {
  env: (name, context) => context.env(name),
  opt: (name, context) => (Object.hasOwn(context.options, name) ? context.options[name] : undefined),
  git: (name, context) => readGit(context.dir, name),
}

/** All names that may stand before the colon. */
export const SOURCE_NAMES = ['env', 'opt', 'self', 'file', 'param', 'sls', 'git', 'secret']
