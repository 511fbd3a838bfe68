/** Statuses after which another try may succeed: those that OpenFaaS tries again. */
const WORTH_RETRYING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

export interface AsyncSpec {
  /** Further attempts after the first one; 3 when absent. */
  readonly retries?: number
  /** Seconds after which a call that was not done is given up; six hours when absent. */
  readonly maxAge?: number
  /** Gets the result of calls that bring no address themselves. */
  readonly callback?: string
  /** Hosts (`name`, `name:port`) in private networks to which a caller may have results sent. */
  readonly callbackHosts?: readonly string[]
}

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 120_000
const DEFAULT_RETRIES = 3
const DEFAULT_MAX_AGE_SEC = 6 * 3600

export interface Failed {
  readonly attempts: number
  readonly accepted: number
  readonly status: number
  /** As the function or the gateway asked. */
  readonly retryAfterSec?: number | undefined
}

export function isWorthRetrying(status: number): boolean {
  return WORTH_RETRYING.has(status)
}

/** When to try again, in ms since 1970; undefined when it is over. `random` is from 0 to 1, so that calls spread. */
export function nextTry(
  failed: Failed,
  spec: AsyncSpec,
  { now, random }: { now: number; random: number },
): number | undefined {
  const { retries = DEFAULT_RETRIES, maxAge = DEFAULT_MAX_AGE_SEC } = spec
  // A call that was not let in was no attempt.
  if (failed.status !== 429 && failed.attempts > retries) return undefined
  const grown = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, failed.attempts - 1))
  const waitMs = Math.max(grown * (0.5 + random / 2), (failed.retryAfterSec ?? 0) * 1000)
  const next = now + waitMs
  return next - failed.accepted > maxAge * 1000 ? undefined : next
}
