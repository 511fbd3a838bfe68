import { Cron } from 'croner'
import type { TimerView } from '../api.ts'
import type { TimerSpec } from '../spec.ts'

interface Ringing {
  readonly stop: () => void
  readonly next: () => Date | null
}

/** The timers of one function. They fire from `start` until `stop`. */
export class Clock {
  readonly #timers: readonly TimerSpec[]
  readonly #fire: (timer: TimerSpec) => void
  readonly #ringing = new Map<string, Ringing>()
  readonly #last = new Map<string, number>()

  constructor(timers: readonly TimerSpec[], fire: (timer: TimerSpec) => void) {
    this.#timers = timers
    this.#fire = fire
  }

  start(): void {
    for (const timer of this.#timers)
      if (timer.enabled)
        this.#ringing.set(
          timer.name,
          begin(timer, () => this.ring(timer)),
        )
  }

  stop(): void {
    for (const { stop } of this.#ringing.values()) stop()
    this.#ringing.clear()
  }

  find(name: string): TimerSpec | undefined {
    return this.#timers.find((timer) => timer.name === name)
  }

  /** Notes that a timer has fired. */
  mark({ name }: TimerSpec): void {
    this.#last.set(name, Date.now())
  }

  ring(timer: TimerSpec): void {
    this.mark(timer)
    this.#fire(timer)
  }

  view(): readonly TimerView[] {
    return this.#timers.map(({ name, schedule, timezone, enabled }) => {
      const last = this.#last.get(name)
      const next = this.#ringing.get(name)?.next()?.toISOString() ?? null
      return { name, schedule, timezone, enabled, next, last: last === undefined ? null : new Date(last).toISOString() }
    })
  }
}

function begin({ schedule, timezone }: TimerSpec, fire: () => void): Ringing {
  if (typeof schedule === 'number') return repeat(schedule * 1000, fire)
  const job = new Cron(schedule, { timezone, domAndDow: false }, fire)
  return { stop: () => job.stop(), next: () => job.nextRun() }
}

// A timeout knows 32 bits of milliseconds, which are 24 days.
const LONGEST_MS = 2 ** 31 - 1

function repeat(everyMs: number, fire: () => void): Ringing {
  let due = Date.now() + everyMs
  let handle = setTimeout(ring, Math.min(everyMs, LONGEST_MS))
  function ring(): void {
    const isDue = Date.now() >= due
    if (isDue) due += everyMs
    handle = setTimeout(ring, Math.min(Math.max(1, due - Date.now()), LONGEST_MS))
    if (isDue) fire()
  }
  return { stop: () => clearTimeout(handle), next: () => new Date(due) }
}
