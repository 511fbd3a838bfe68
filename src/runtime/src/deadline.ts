/** Something with an end in time. */
export interface Timed {
  /** How long it may take, in milliseconds; asked once, when it is seen to take any time at all. */
  limitMs(): number
  /** Milliseconds since 1970; undefined until the clock has come by. */
  endsAt: number | undefined
  /** Called once, when the end has come before the thing was taken out. */
  expire(): void
  /** Neighbours in the list that `Deadlines` keeps. */
  before: Timed | undefined
  after: Timed | undefined
}

/**
 * All deadlines of a process behind one clock that ticks while there is something to watch. What is over before the next
 * tick never asks for the time: that, or a timer of its own, would cost as much as half of a short call. And a process
 * that was frozen between two calls takes no call for an old one.
 */
export class Deadlines {
  private readonly tickMs: number
  private first: Timed | undefined
  private timer: number | undefined
  private isBusy: boolean

  /** `shortestSec`: the shortest timeout of all that will be watched. */
  constructor(shortestSec: number) {
    this.tickMs = Math.max(1, Math.min(50, shortestSec * 16))
    this.first = undefined
    this.timer = undefined
    this.isBusy = false
  }

  add(timed: Timed): void {
    timed.after = this.first
    if (this.first) this.first.before = timed
    this.first = timed
    this.isBusy = true
    if (this.timer === undefined) this.wind()
  }

  delete(timed: Timed): void {
    const { before, after } = timed
    if (before) before.after = after
    else this.first = after
    if (after) after.before = before
    timed.before = undefined
    timed.after = undefined
  }

  private wind(): void {
    this.timer = setTimeout(() => this.tick(), this.tickMs)
    // A call that waits is the platform's to keep alive; this timer must not hold a process that has nothing left to do.
    ;(this.timer as unknown as { unref(): void }).unref()
  }

  private tick(): void {
    this.timer = undefined
    const now = Date.now()
    let timed = this.first
    while (timed) {
      const { after } = timed
      timed.endsAt ??= now + timed.limitMs()
      if (timed.endsAt <= now) {
        this.delete(timed)
        timed.expire()
      }
      timed = after
    }
    if (this.first || this.isBusy) this.wind()
    this.isBusy = false
  }
}
