import type { RateSpec } from '../../spec.ts'

/** Lets so many calls a second pass in the long run, and a burst of them after a rest. */
export class RateBucket {
  readonly #perMs: number
  readonly #burst: number
  #tokens: number
  #filledAt: number

  constructor({ perSec, burst = Math.max(1, perSec) }: RateSpec, now: number) {
    this.#perMs = perSec / 1000
    this.#burst = burst
    this.#tokens = burst
    this.#filledAt = now
  }

  /** Zero when the call may pass; else the milliseconds until the next one may. */
  take(now: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#perMs)
    this.#filledAt = now
    if (this.#tokens < 1) return (1 - this.#tokens) / this.#perMs
    this.#tokens -= 1
    return 0
  }
}
