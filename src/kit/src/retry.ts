import type { Clock } from './clock.ts'

export interface RetryOptions {
  readonly retryable: (error: unknown) => boolean
  readonly signal: AbortSignal
  /** Told before each wait: the number of the failed attempt, the wait in milliseconds, and the failure. */
  readonly onWait?: (attempt: number, waitMs: number, failure: unknown) => void
  readonly clock: Clock
  /** For how many milliseconds it goes on; a minute and a half when missing. */
  readonly lastsMs?: number
}

const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 10_000
// A new role is known everywhere within seconds, a permission within about a minute.
const LASTS_MS = 90_000

/** Repeats what failed for a passing reason, with growing waits and jitter. Rejects with the last error. */
export async function withRetry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, retryable, signal, onWait, lastsMs = LASTS_MS } = options
  const end = clock.now() + lastsMs
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (clock.now() >= end || signal.aborted || !retryable(error)) throw error
      const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1))
      // Full jitter: callers that failed together do not come back together.
      const waitMs = Math.ceil(Math.random() * most)
      onWait?.(attempt, waitMs, error)
      await clock.wait(waitMs, signal)
    }
  }
}
