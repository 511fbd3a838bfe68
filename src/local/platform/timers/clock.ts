import type { TimerView } from '../../api.ts'
import type { TimerSpec } from '../../spec.ts'
import { type Alarm, alarmOf, missedRuns } from './schedule.ts'
import type { FunctionBook } from './timer-book.ts'

/** Calls the function for a timer; `at` is when it was due, in milliseconds since 1970. Never rejects. */
export type Fire = (timer: TimerSpec, at: number) => Promise<void>

/** The timers of one function. They fire from `start` until `stop`, and what was missed before fires as each one says. */
export class Clock {
  readonly #timers: readonly TimerSpec[]
  readonly #book: FunctionBook
  readonly #fire: Fire
  readonly #alarms = new Map<string, Alarm>()

  constructor(timers: readonly TimerSpec[], book: FunctionBook, fire: Fire) {
    this.#timers = timers
    this.#book = book
    this.#fire = fire
  }

  start(): void {
    const now = Date.now()
    this.#book.keep(this.#timers, now)
    for (const timer of this.#timers.filter(({ enabled }) => enabled)) {
      const since = this.#book.since(timer)
      const missed = missedRuns(timer, since, now)
      // Intervals keep their step through a restart.
      const alarm = alarmOf(timer, since, (at) => this.#ring(timer, at))
      this.#alarms.set(timer.name, alarm)
      if (missed.length > 0) void this.#catchUp(timer, missed, alarm)
    }
  }

  stop(): void {
    for (const alarm of this.#alarms.values()) alarm.stop()
    this.#alarms.clear()
  }

  find(name: string): TimerSpec | undefined {
    return this.#timers.find((timer) => timer.name === name)
  }

  /** Notes that a timer has fired because somebody wanted it to. */
  mark(timer: TimerSpec): void {
    this.#book.fired(timer, Date.now())
  }

  view(): readonly TimerView[] {
    return this.#timers.map((timer) => {
      const { name, schedule, timezone, enabled } = timer
      const last = this.#book.last(timer)
      const next = this.#alarms.get(name)?.next()?.toISOString() ?? null
      return { name, schedule, timezone, enabled, next, last: last === undefined ? null : new Date(last).toISOString() }
    })
  }

  #ring(timer: TimerSpec, at: number): Promise<void> {
    this.#book.rang(timer, at)
    return this.#fire(timer, at)
  }

  // One after the other: a function that was away for a night must not get a night's calls at once.
  async #catchUp(timer: TimerSpec, missed: readonly number[], alarm: Alarm): Promise<void> {
    for (const at of missed) {
      if (this.#alarms.get(timer.name) !== alarm) return
      await this.#ring(timer, at)
    }
  }
}
