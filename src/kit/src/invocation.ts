import type { RemoteInvocation } from './operations.ts'
import { ANSWER_MS } from './patience.ts'
import type { Facts } from './provider.ts'

/** What the function that answers may take, in seconds, as far as that is known. */
export interface Allowed {
  readonly timeoutSec?: unknown
  /** For an instance to be ready, where that is no part of the other. */
  readonly initTimeoutSec?: unknown
}

/**
 * How long the answer to an invocation is awaited, in milliseconds: as long as the function may run, and a margin. Where that is not
 * known it is what the platform allows at most.
 */
export function invocationMs(
  { isAsync, qualifier }: Pick<RemoteInvocation, 'isAsync' | 'qualifier'>,
  { timeoutSec, initTimeoutSec }: Allowed,
  facts: Pick<Facts, 'timeoutSec'>,
): number {
  // It is accepted only.
  if (isAsync) return ANSWER_MS
  // A version has the settings of its time, which are not those that are known.
  const known = qualifier === undefined ? secondsIn(timeoutSec) : 0
  return ((known || facts.timeoutSec.max) + secondsIn(initTimeoutSec)) * 1000 + MARGIN_MS
}

/** What `work` comes to, or the signal's reason as soon as it is aborted: for what knows no signal itself, and goes on unheard. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error)
  })
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function secondsIn(told: unknown): number {
  return typeof told === 'number' && told > 0 ? told : 0
}

// An instance is found or started first, which takes a minute where an image is pulled, and the answer has a way to go.
const MARGIN_MS = 2 * ANSWER_MS
