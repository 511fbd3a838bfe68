import { Cron } from 'croner'
import type { TimerSpec } from '../spec.ts'

/** The timers of one function. They fire from the making of the clock on until `stop`. */
export class Clock {
  readonly #stops: readonly (() => void)[]

  constructor(timers: readonly TimerSpec[], fire: (timer: TimerSpec) => void) {
    this.#stops = timers.filter((timer) => timer.enabled).map((timer) => start(timer, () => fire(timer)))
  }

  stop(): void {
    for (const stop of this.#stops) stop()
  }
}

function start({ schedule, timezone }: TimerSpec, fire: () => void): () => void {
  if (typeof schedule === 'number') return repeat(schedule * 1000, fire)
  const job = new Cron(schedule, { timezone, domAndDow: false }, fire)
  return () => job.stop()
}

// A timeout knows 32 bits of milliseconds, which are 24 days.
const LONGEST_MS = 2 ** 31 - 1

function repeat(everyMs: number, fire: () => void): () => void {
  let due = Date.now() + everyMs
  let handle = setTimeout(ring, Math.min(everyMs, LONGEST_MS))
  function ring(): void {
    const isDue = Date.now() >= due
    if (isDue) due += everyMs
    handle = setTimeout(ring, Math.min(Math.max(1, due - Date.now()), LONGEST_MS))
    if (isDue) fire()
  }
  return () => clearTimeout(handle)
}
