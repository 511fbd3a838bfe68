import type { Call } from './call.ts'
import { clock } from './clock.ts'
import type { LogLine, LogQuery } from './connection.ts'

/** In milliseconds since 1970, both ends included. */
export interface LogSpan {
  readonly from: number
  readonly until: number
}

/**
 * The lines of a log service that can only be searched, by their time: those of the last quarter of an hour unless `since` says otherwise,
 * of which `tail` leaves the last. With `follow` it looks again and again, tells each line once, and ends when the call's signal says so.
 */
export async function* followLog(
  search: (span: LogSpan) => Promise<readonly LogLine[]>,
  query: Pick<LogQuery, 'since' | 'tail' | 'follow'>,
  call: Call,
): AsyncGenerator<LogLine> {
  let from = query.since ?? Date.now() - BACK_MS
  let known: ReadonlyMap<string, number> = new Map()
  for (let isFirst = true; ; isFirst = false) {
    const until = Date.now()
    const lines = [...(await search({ from, until }))].sort((a, b) => a.time - b.time)
    const fresh = without(lines, known)
    yield* isFirst && query.tail !== undefined ? fresh.slice(Math.max(0, fresh.length - query.tail)) : fresh
    if (!query.follow) return
    known = counted(lines)
    // Lines arrive late and out of order.
    from = Math.max(from, until - LATE_MS)
    await clock.wait(LOOK_MS, call.signal)
  }
}

const BACK_MS = 15 * 60_000
const LATE_MS = 60_000
const LOOK_MS = 2000

function counted(lines: readonly LogLine[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const line of lines) counts.set(keyOf(line), (counts.get(keyOf(line)) ?? 0) + 1)
  return counts
}

// A function may write the same line twice in a second: as many are new as there are more than before.
function without(lines: readonly LogLine[], known: ReadonlyMap<string, number>): readonly LogLine[] {
  const seen = new Map<string, number>()
  return lines.filter((line) => {
    const count = (seen.get(keyOf(line)) ?? 0) + 1
    seen.set(keyOf(line), count)
    return count > (known.get(keyOf(line)) ?? 0)
  })
}

function keyOf({ time, function: fn, requestId, text }: LogLine): string {
  return JSON.stringify([time, fn, requestId, text])
}
