import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Reporter } from 'vitest/node'

/** Of a run's own folder, which goes at its end. Short: paths of Unix sockets have at most 108 bytes. */
export const RUN_PREFIX = 'sls-t-'

/**
 * Tells what of ours came into the temporary folder during a run and is still there: of a process that did not hear of the run's own
 * folder (`TMPDIR`), and did not tidy up. Its name tells who made it.
 */
export class Leftovers implements Reporter {
  readonly #folder: string
  readonly #before: ReadonlySet<string>
  readonly #write: (text: string) => void

  constructor(folder = tmpdir(), write: (text: string) => void = (text) => void process.stdout.write(text)) {
    this.#folder = folder
    this.#write = write
    this.#before = new Set(readdirSync(folder))
  }

  onTestRunEnd(): void {
    const found = readdirSync(this.#folder).filter((name) => /^(?:anyfaas|sls)-/.test(name))
    const left = found.filter((name) => !name.startsWith(RUN_PREFIX) && !this.#before.has(name))
    for (const name of left.sort()) this.#write(`left behind: ${name}\n`)
  }
}
