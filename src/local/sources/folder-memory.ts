import { rm } from 'node:fs/promises'
import { AppendLog } from '../async/append-log.ts'
import type { FileState } from './folder-changes.ts'

/** Changes beyond the number of files after which the log is written anew. */
const SLACK = 1000

/** The files that somebody was told of, on the disk as soon as they are told of. */
export class FolderMemory {
  readonly #path: string
  readonly #log: AppendLog
  readonly #files = new Map<string, FileState>()
  #lines = 0

  constructor(path: string) {
    this.#path = path
    this.#log = new AppendLog(path)
  }

  get files(): ReadonlyMap<string, FileState> {
    return this.#files
  }

  /** False when nothing has been remembered yet. */
  async open(): Promise<boolean> {
    await this.#log.open((line) => {
      this.#lines++
      const [key, state] = JSON.parse(line) as Line
      this.#place(key, state)
    })
    return this.#lines > 0
  }

  /** What is there now and of which nobody is told. */
  async begin(files: ReadonlyMap<string, FileState>): Promise<void> {
    for (const [key, state] of files) this.#place(key, state)
    await this.#rewrite()
  }

  /** Resolves when it cannot be forgotten any more; undefined is a file that has gone. */
  async remember(key: string, state: FileState | undefined): Promise<void> {
    this.#place(key, state)
    this.#lines++
    await this.#log.append(JSON.stringify([key, state] satisfies Line))
  }

  async close({ forget }: { readonly forget: boolean }): Promise<void> {
    if (!forget && this.#lines > this.#files.size + SLACK) await this.#rewrite()
    await this.#log.close()
    if (forget) await rm(this.#path, { force: true })
  }

  /** Keeps the log from growing without end. */
  async tidy(): Promise<void> {
    if (this.#lines > 4 * (this.#files.size + SLACK)) await this.#rewrite()
  }

  async #rewrite(): Promise<void> {
    const lines = (): string[] => [BEGUN, ...[...this.#files].map((line) => JSON.stringify(line satisfies Line))]
    await this.#log.replace(lines)
    this.#lines = this.#files.size + 1
  }

  #place(key: string, state: FileState | undefined | null): void {
    if (key === '') return
    if (state) this.#files.set(key, state)
    else this.#files.delete(key)
  }
}

type Line = readonly [key: string, state: FileState | null | undefined]

// No file has this key: it says that an empty folder was looked at.
const BEGUN = '[""]'
