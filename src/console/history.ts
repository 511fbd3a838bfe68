import type { Fn, Service, State } from './api.ts'

/** What was measured at one look. */
export interface Sample {
  readonly time: number
  readonly perSec: number
  readonly errorsPerSec: number
  readonly p50: number | null
  readonly p95: number | null
  readonly instances: number
}

interface Series {
  readonly samples: Sample[]
  total: number
  errors: number
}

/** Two minutes at a look a second. */
const KEPT = 120

/** What the platform said at the last looks, by function. */
export class History {
  readonly #series = new Map<string, Series>()
  #last = 0

  add(state: State, now: number): void {
    const seconds = this.#last === 0 ? 0 : (now - this.#last) / 1000
    this.#last = now
    const seen = new Set<string>()
    for (const service of state.services) {
      for (const fn of service.functions) {
        const key = keyOf(service, fn)
        seen.add(key)
        this.#note(key, fn, { now, seconds })
      }
    }
    for (const key of this.#series.keys()) if (!seen.has(key)) this.#series.delete(key)
  }

  of(key: string): readonly Sample[] {
    return this.#series.get(key)?.samples ?? []
  }

  #note(key: string, fn: Fn, { now, seconds }: { now: number; seconds: number }): void {
    const { total, errors } = fn.calls
    const series = this.#series.get(key) ?? { samples: [], total, errors }
    // A platform that was started again counts from the beginning.
    const rate = (count: number, before: number): number => (seconds > 0 ? Math.max(0, count - before) / seconds : 0)
    series.samples.push({
      time: now,
      perSec: rate(total, series.total),
      errorsPerSec: rate(errors, series.errors),
      p50: fn.latencyMs?.p50 ?? null,
      p95: fn.latencyMs?.p95 ?? null,
      instances: fn.instances.length,
    })
    if (series.samples.length > KEPT) series.samples.shift()
    series.total = total
    series.errors = errors
    this.#series.set(key, series)
  }
}

export function keyOf({ namespace }: Pick<Service, 'namespace'>, { name }: Pick<Fn, 'name'>): string {
  return `${namespace}/${name}`
}
