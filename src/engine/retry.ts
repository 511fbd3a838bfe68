import { setTimeout as wait } from 'node:timers/promises'

export interface RetryOptions {
  readonly retryable: (error: unknown) => boolean
  readonly signal: AbortSignal
  /** Told before each wait: the number of the failed attempt and the wait in milliseconds. */
  readonly onWait?: (attempt: number, waitMs: number) => void
}

const ATTEMPTS = 6
const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 10_000

/** Repeats what failed for a passing reason, with growing waits and jitter. Rejects with the last error. */
export async function withRetry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= ATTEMPTS || options.signal.aborted || !options.retryable(error)) throw error
      const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1))
      // Full jitter: callers that failed together do not come back together.
      const waitMs = Math.ceil(Math.random() * most)
      options.onWait?.(attempt, waitMs)
      await wait(waitMs, undefined, { signal: options.signal })
    }
  }
}
