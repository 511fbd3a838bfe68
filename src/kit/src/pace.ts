import type { Clock } from './clock.ts'

export interface PaceOptions {
  /** Calls a second that the platform's documents allow for one action. */
  readonly rate: number
  /** How many may go at once after a pause; as many as in a second when missing. */
  readonly burst?: number
  /** The platform refused the call because there were too many. Such a call did nothing. */
  readonly isThrottled: (error: unknown) => boolean
  readonly clock: Clock
}

/**
 * Sends calls as fast as the platform takes them, each action at a rate of its own: waiting here costs less than being
 * refused there. A refusal lowers the action's rate and the call comes back; answers raise it again, slowly.
 */
export class Pacer {
  readonly #options: PaceOptions
  readonly #lanes = new Map<string, Lane>()
  /** Calls that were refused for being too many. */
  throttled = 0

  constructor(options: PaceOptions) {
    this.#options = options
  }

  /** Does a call when it is its turn. Rejects with what the call rejects with, and with the signal's reason. */
  async run<T>(action: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const lane = this.#lane(action)
    for (;;) {
      await this.#turn(lane, signal)
      try {
        const answer = await work()
        lane.rate = Math.min(this.#options.rate, lane.rate + this.#options.rate * RISE)
        return answer
      } catch (error) {
        if (!this.#options.isThrottled(error)) throw error
        this.throttled++
        this.#slowDown(lane)
      }
    }
  }

  // One after another, so that a lower rate holds for all who still wait.
  async #turn(lane: Lane, signal?: AbortSignal): Promise<void> {
    const before = lane.last
    const { promise, resolve: pass } = withResolvers()
    lane.last = promise
    await before
    try {
      signal?.throwIfAborted()
      const { clock } = this.#options
      const burst = this.#options.burst ?? this.#options.rate
      const turn = Math.max(lane.next, clock.now() - ((burst - 1) * 1000) / lane.rate)
      const waitMs = turn - clock.now()
      if (waitMs > 0) await clock.wait(waitMs, signal)
      lane.next = Math.max(turn, lane.next) + 1000 / lane.rate
    } finally {
      pass()
    }
  }

  #slowDown(lane: Lane): void {
    const now = this.#options.clock.now()
    // Refusals of calls that were on their way together count as one.
    if (now < lane.slowedUntil) return
    lane.rate = Math.max(this.#options.rate / 64, lane.rate * FALL)
    lane.slowedUntil = now + 1000
    lane.next = Math.max(lane.next, now + 1000 / lane.rate)
  }

  #lane(action: string): Lane {
    const known = this.#lanes.get(action)
    if (known) return known
    const lane: Lane = {
      rate: this.#options.rate,
      next: Number.NEGATIVE_INFINITY,
      slowedUntil: Number.NEGATIVE_INFINITY,
      last: Promise.resolve(),
    }
    this.#lanes.set(action, lane)
    return lane
  }
}

const FALL = 0.7
const RISE = 1 / 200

interface Lane {
  /** Calls a second, now. */
  rate: number
  /** The earliest time of the next call. */
  next: number
  slowedUntil: number
  /** Settled when everybody before has had their turn. */
  last: Promise<void>
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
