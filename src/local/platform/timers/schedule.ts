import { Cron } from 'croner'
import type { TimerSpec } from '../../spec.ts'

/** A timer that is set. */
export interface Alarm {
  readonly stop: () => void
  readonly next: () => Date | null
}

/** The most runs that are made good after a pause; those that were due longest ago are left out. */
export const MOST_MISSED = 100

/** Rings whenever the timer is due, with the time at which it was, in milliseconds since 1970. Intervals count from `since`. */
export function alarmOf({ schedule, timezone }: TimerSpec, since: number, ring: (at: number) => void): Alarm {
  if (typeof schedule === 'number') return repeat(schedule * 1000, since, ring)
  // A cron expression is due at whole seconds, and a clock may ring a moment late.
  const job = new Cron(schedule, { timezone, domAndDow: false }, () => ring(Math.floor(Date.now() / 1000) * 1000))
  return { stop: () => job.stop(), next: () => job.nextRun() }
}

/** The runs after `since` and until `now` that have to be made good, the oldest first, by what the timer says of missed ones. */
export function missedRuns(timer: TimerSpec, since: number, now: number): readonly number[] {
  const { missed = 'once' } = timer
  if (missed === 'skip') return []
  const most = missed === 'once' ? 1 : MOST_MISSED
  const { schedule, timezone } = timer
  if (typeof schedule === 'number') return missedSteps(schedule * 1000, since, { now, most })
  const job = new Cron(schedule, { timezone, domAndDow: false, paused: true })
  return job
    .previousRuns(most, new Date(now))
    .map((run) => run.getTime())
    .filter((run) => run > since)
    .reverse()
}

function missedSteps(everyMs: number, since: number, { now, most }: { now: number; most: number }): number[] {
  const count = Math.max(0, Math.floor((now - since) / everyMs))
  const kept = Math.min(count, most)
  return Array.from({ length: kept }, (_, index) => since + (count - kept + index + 1) * everyMs)
}

// A timeout knows 32 bits of milliseconds, which are 24 days.
const LONGEST_MS = 2 ** 31 - 1

function repeat(everyMs: number, since: number, ring: (at: number) => void): Alarm {
  let due = since + (Math.floor((Date.now() - since) / everyMs) + 1) * everyMs
  let handle = setTimeout(look, pauseUntil(due))
  function look(): void {
    const at = due
    const isDue = Date.now() >= at
    // What was slept through on the way is one run.
    if (isDue) due += (Math.floor((Date.now() - due) / everyMs) + 1) * everyMs
    handle = setTimeout(look, pauseUntil(due))
    if (isDue) ring(at)
  }
  return { stop: () => clearTimeout(handle), next: () => new Date(due) }
}

function pauseUntil(due: number): number {
  return Math.min(Math.max(1, due - Date.now()), LONGEST_MS)
}
