import { PROJECT_OPTIONS } from './options.ts'

export interface CommandLine {
  /** Absent when there are options only. */
  readonly name?: string
  /** Everything but the name. */
  readonly rest: readonly string[]
}

/** Finds the command's name: the first word that is not an option or its value, as in `sls -d shop deploy`. */
export function splitCommandLine(argv: readonly string[]): CommandLine {
  const before: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string
    if (!word.startsWith('-') || word === '-') return { name: word, rest: [...before, ...argv.slice(at + 1)] }
    const option = PROJECT_OPTIONS.find(({ name, short }) => word === `--${name}` || word === `-${short}`)
    // Written out: behind its name a command may mean something else by the letter.
    before.push(option ? `--${option.name}` : word)
    const value = option ? argv[++at] : undefined
    if (value !== undefined) before.push(value)
  }
  return { rest: before }
}
