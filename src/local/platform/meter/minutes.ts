import type { FunctionMetrics } from '@anyfaas/kit'

export type Outcome = 'done' | 'failed' | 'throttled'

interface Sums {
  /** Without those that were not let in. */
  readonly calls: number
  readonly errors: number
  readonly throttles: number
  readonly sumMs: number
  readonly maxMs: number
}

const MINUTE_MS = 60_000
const KEPT = 24 * 60

/** Sums of a function's calls, one a minute, for a day. */
export class Minutes {
  readonly #sums = new Map<number, { -readonly [K in keyof Sums]: number }>()

  /** `at` is milliseconds since 1970, UTC. */
  add(at: number, tookMs: number, outcome: Outcome): void {
    const minute = Math.floor(at / MINUTE_MS)
    let sums = this.#sums.get(minute)
    if (!sums) {
      sums = { calls: 0, errors: 0, throttles: 0, sumMs: 0, maxMs: 0 }
      this.#sums.set(minute, sums)
      for (const old of this.#sums.keys()) if (old <= minute - KEPT) this.#sums.delete(old)
    }
    if (outcome === 'throttled') {
      sums.throttles++
      return
    }
    sums.calls++
    if (outcome === 'failed') sums.errors++
    sums.sumMs += tookMs
    sums.maxMs = Math.max(sums.maxMs, tookMs)
  }

  /** Of the minutes that have a part in the span. */
  between(since: number, until: number): Omit<FunctionMetrics, 'function'> {
    const all = [...this.#sums].filter(([minute]) => (minute + 1) * MINUTE_MS > since && minute * MINUTE_MS <= until)
    const sum = (key: keyof Sums): number => all.reduce((total, [, sums]) => total + sums[key], 0)
    const calls = sum('calls')
    const times = { averageMs: sum('sumMs') / calls, maxMs: Math.max(...all.map(([, sums]) => sums.maxMs)) }
    return { calls, errors: sum('errors'), throttles: sum('throttles'), ...(calls > 0 && times) }
  }
}
