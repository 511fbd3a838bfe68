/** Something with an end in time. */
export interface Timed {
  /** Milliseconds since 1970. */
  readonly endsAt: number
  /** Called once, when the end has come before the thing was taken out. */
  expire(): void
  /** Neighbours in the list that `Deadlines` keeps. */
  before: Timed | undefined
  after: Timed | undefined
}

/**
 * All deadlines of a process behind one timer, which is not touched by calls that end in time: arming and clearing
 * a timer at every call would cost more than the rest of the call.
 */
export class Deadlines {
  #first: Timed | undefined
  #timer: number | undefined
  #rings = NEVER

  add(timed: Timed): void {
    timed.after = this.#first
    if (this.#first) this.#first.before = timed
    this.#first = timed
    if (timed.endsAt < this.#rings) this.#arm(timed.endsAt)
  }

  delete(timed: Timed): void {
    const { before, after } = timed
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    timed.before = undefined
    timed.after = undefined
  }

  #arm(at: number): void {
    clearTimeout(this.#timer)
    this.#rings = at
    this.#timer = setTimeout(() => this.#ring(), Math.max(0, at - Date.now()))
    // A call that waits is the platform's to keep alive; this timer must not hold a process that has nothing left to do.
    ;(this.#timer as unknown as { unref(): void }).unref()
  }

  #ring(): void {
    this.#rings = NEVER
    const now = Date.now()
    let next = NEVER
    let timed = this.#first
    while (timed) {
      const { after } = timed
      if (timed.endsAt > now) next = Math.min(next, timed.endsAt)
      else {
        this.delete(timed)
        timed.expire()
      }
      timed = after
    }
    if (next < NEVER) this.#arm(next)
  }
}

const NEVER = Number.POSITIVE_INFINITY

/**
 * How long a handler may run, in milliseconds: a little less than the platform grants, so that the log says
 * which function it was.
 */
export function limitOf(timeoutSec: number, remainingMs: number | undefined): number {
  const granted = Math.min(timeoutSec * 1000, remainingMs ?? NEVER)
  return Math.max(1, granted - Math.min(granted / 4, Math.max(50, Math.min(500, granted * 0.03))))
}
