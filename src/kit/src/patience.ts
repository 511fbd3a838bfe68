import type { Call } from './call.ts'
import type { Clock } from './clock.ts'
import { withRetry } from './retry.ts'

export interface PatienceOptions {
  readonly retryable: (error: unknown) => boolean
  /** What a failure says of the platform, such as `AWS does not answer: ECONNREFUSED`. Never a secret. */
  readonly describe: (error: unknown) => string
  readonly clock: Clock
  readonly asking?: Asking | undefined
}

/** Who asks a platform. */
export interface Asking {
  /** Says something to the user, whatever is asked. Never a secret. */
  readonly note?: Call['note']
  /** It is only looked at (`sls doctor`): what does not answer is told within seconds, and keeps nothing else from being looked at. */
  readonly isExamined?: boolean
}

/**
 * Repeats what only reads, and says so when that takes its time: who sees nothing for a minute takes the program for dead. It is said
 * once, until all services of the platform that were asked have answered again, or nobody waits for them any more.
 */
export class Patience {
  readonly #options: PatienceOptions
  readonly #silent = new Map<string, Silence>()
  #isSaid = false

  constructor(options: PatienceOptions) {
    this.#options = options
  }

  /** What `work` resolves to in the end. Rejects with its last error, and with the signal's reason. */
  async read<T>(service: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { retryable, clock, asking } = this.#options
    const lasts = asking?.isExamined ? { lastsMs: EXAMINED_MS } : {}
    const reader = {}
    const onWait = (_attempt: number, _waitMs: number, failure: unknown): void => this.#wait(service, reader, failure)
    try {
      const answer = await withRetry(work, { retryable, signal, clock, onWait, ...lasts })
      this.#silent.delete(service)
      return answer
    } finally {
      const readers = this.#silent.get(service)?.readers
      if (readers?.delete(reader) && readers.size === 0) this.#silent.delete(service)
      if (this.#silent.size === 0) this.#isSaid = false
    }
  }

  #wait(service: string, reader: object, failure: unknown): void {
    const { clock, describe, asking } = this.#options
    const nowMs = clock.now()
    const silence = this.#silent.get(service) ?? { sinceMs: nowMs, readers: new Set() }
    this.#silent.set(service, silence)
    silence.readers.add(reader)
    if (this.#isSaid || nowMs - silence.sinceMs < QUIET_MS) return
    this.#isSaid = true
    asking?.note?.(`${describe(failure)}; trying again`)
  }
}

interface Silence {
  /** In milliseconds. */
  readonly sinceMs: number
  /** Who waits for an answer. */
  readonly readers: Set<object>
}

/** How long a connection may take; what takes longer counts as no answer, and is tried again as such. */
export const CONNECT_MS = 10_000

/** How long the answer to a call is awaited that runs no function. */
export const ANSWER_MS = 60_000

// What passes sooner is nobody's business.
const QUIET_MS = 2000

// Enough for what passes at once.
const EXAMINED_MS = 2000
