import type { ChildProcess } from 'node:child_process'
import { signalGroup } from '../../process-group.ts'
import { readLines } from '../../wire/lines.ts'
import type { Warden } from './warden.ts'

export interface ChildOptions {
  readonly process: ChildProcess
  readonly warden: Warden
  readonly tell: (stream: 'out' | 'err', text: string) => void
}

/** How a function's process ended. */
export interface Exit {
  /** In words: `exit code 1`, `signal SIGKILL`, or why it did not start. */
  readonly words: string
  /** The platform ended it. */
  readonly isAsked: boolean
  readonly isOutOfMemory: boolean
  /** The last lines that it printed on stderr. */
  readonly lastLines: readonly string[]
}

const KEPT_LINES = 20

/** A function's process, which leads a process group of its own so that what it starts ends with it. */
export class Child {
  readonly process: ChildProcess
  readonly exited: Promise<Exit>
  readonly #lastLines: string[] = []
  #isGone = false
  #isAsked = false

  constructor({ process, warden, tell }: ChildOptions) {
    this.process = process
    const { pid, stdout, stderr } = process
    if (pid !== undefined) warden.add(pid)
    if (stdout) readLines(stdout, (line) => tell('out', line))
    if (stderr) {
      readLines(stderr, (line) => {
        this.#keep(line)
        tell('err', line)
      })
    }
    this.exited = new Promise((resolve) => {
      process.on('error', (error) => resolve(this.#exit(error.message)))
      // Not `close`: what the function has started may hold its pipes.
      process.once('exit', (code, signal) => {
        this.#isGone = true
        this.#signal('SIGKILL')
        if (pid !== undefined) warden.remove(pid)
        resolve(this.#exit(signal ? `signal ${signal}` : `exit code ${code}`))
      })
    })
  }

  get pid(): number | undefined {
    return this.#isGone ? undefined : this.process.pid
  }

  /** Ends the whole group at once. */
  async end(): Promise<void> {
    this.#isAsked = true
    this.#signal('SIGKILL')
    await this.exited
  }

  /** Asks it to end, and ends it after the grace. */
  async stop(graceMs: number): Promise<void> {
    this.#isAsked = true
    this.#signal('SIGTERM')
    const timer = setTimeout(() => this.#signal('SIGKILL'), graceMs)
    await this.exited
    clearTimeout(timer)
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.process
    if (pid !== undefined) signalGroup(pid, signal)
  }

  #keep(line: string): void {
    this.#lastLines.push(line)
    if (this.#lastLines.length > KEPT_LINES) this.#lastLines.shift()
  }

  #exit(words: string): Exit {
    const lastLines = this.#lastLines
    return {
      words,
      lastLines,
      isAsked: this.#isAsked,
      isOutOfMemory: lastLines.some((line) => line.includes('heap out of memory')),
    }
  }
}
