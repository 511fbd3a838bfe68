import type { Clock } from './clock.ts'
import { withRetry } from './retry.ts'

export interface PatienceOptions {
  readonly retryable: (error: unknown) => boolean
  /** What a failure says of the platform, such as `AWS does not answer: ECONNREFUSED`. Never a secret. */
  readonly describe: (error: unknown) => string
  /** Says something to the user. */
  readonly note: (text: string) => void
  readonly clock: Clock
}

/**
 * Repeats what only reads, and says so when that takes its time: who sees nothing for a minute takes the program for dead. It is said
 * once, until all services of the platform that were asked have answered again.
 */
export class Patience {
  readonly #options: PatienceOptions
  /** Service -> since when it has not answered, in milliseconds. */
  readonly #silent = new Map<string, number>()
  #isSaid = false

  constructor(options: PatienceOptions) {
    this.#options = options
  }

  /** What `work` resolves to in the end. Rejects with its last error, and with the signal's reason. */
  async read<T>(service: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { retryable, clock } = this.#options
    const onWait = (_attempt: number, _waitMs: number, failure: unknown): void => this.#wait(service, failure)
    const answer = await withRetry(work, { retryable, signal, clock, onWait })
    this.#silent.delete(service)
    if (this.#silent.size === 0) this.#isSaid = false
    return answer
  }

  #wait(service: string, failure: unknown): void {
    const { clock, describe, note } = this.#options
    const nowMs = clock.now()
    const sinceMs = this.#silent.get(service) ?? nowMs
    this.#silent.set(service, sinceMs)
    if (this.#isSaid || nowMs - sinceMs < QUIET_MS) return
    this.#isSaid = true
    note(`${describe(failure)}; trying again`)
  }
}

// What passes sooner is nobody's business.
const QUIET_MS = 2000
