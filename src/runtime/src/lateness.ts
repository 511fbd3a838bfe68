import { HttpError } from './error.ts'
import type { Member } from './manifest.ts'

/**
 * How long a handler may run, in milliseconds: a little less than the platform grants, so that the log says
 * which function it was.
 */
export function limitOf(timeoutSec: number, remainingMs: number | undefined): number {
  const granted = Math.min(timeoutSec * 1000, remainingMs ?? Number.POSITIVE_INFINITY)
  return Math.max(1, granted - Math.min(granted / 4, Math.max(50, Math.min(500, granted * 0.03))))
}

/** A call's time is up. `doing` is what it was at. */
export function lateError({ name, timeoutSec }: Member, limitMs: number, doing: string | undefined): Error {
  const took = `did not finish within ${seconds(limitMs)} s of its ${timeoutSec} s timeout`
  return new TimeoutError(504, `function "${name}" ${took}${doing ? ` (${doing})` : ''}`)
}

class TimeoutError extends HttpError {
  override name = 'TimeoutError'
}

/** Aborts what a call asks its signal for: `late` when its time is up already, and when the client goes. */
export function makeController(late: Error | undefined, gone: AbortSignal | undefined): AbortController {
  const controller = new AbortController()
  if (late) controller.abort(late)
  if (gone?.aborted) controller.abort(gone.reason)
  gone?.addEventListener('abort', () => controller.abort(gone.reason), { once: true })
  return controller
}

interface Waiter {
  guard<T>(work: PromiseLike<T>, doing: string): Promise<T>
  logFailure(error: unknown): void
}

/** Waits for all that `take` gives, until it gives no more. Failures are logged. */
export async function settleAll(call: Waiter, take: () => readonly PromiseLike<unknown>[] | undefined): Promise<void> {
  for (let waiting = take(); waiting; waiting = take()) {
    const results = await call
      .guard(Promise.allSettled(waiting), 'work given to waitUntil')
      .catch((late) => [{ status: 'rejected' as const, reason: late as unknown }])
    for (const result of results) if (result.status === 'rejected') call.logFailure(result.reason)
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(ms < 1000 ? 3 : 2)
}
