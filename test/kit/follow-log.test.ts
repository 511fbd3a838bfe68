import { expect, test, vi } from 'vitest'
import type { LogLine } from '../../src/kit/src/connection.ts'
import { followLog } from '../../src/kit/src/follow-log.ts'

function line(time: number, text = String(time)): LogLine {
  return { time, function: 'f', stream: 'out', text }
}

async function texts(found: AsyncIterable<LogLine>): Promise<string[]> {
  const all: string[] = []
  for await (const { text } of found) all.push(text)
  return all
}

const call = { signal: new AbortController().signal, note: () => undefined }

test.each([
  [undefined, ['1', '2', '3']],
  [2, ['2', '3']],
  [9, ['1', '2', '3']],
  [0, []],
])('with a tail of %j it tells the last ones by their time', async (tail, expected) => {
  const search = async (): Promise<LogLine[]> => [line(3), line(1), line(2)]
  expect(await texts(followLog(search, { follow: false, ...(tail !== undefined && { tail }) }, call))).toEqual(expected)
})

test('it tells late lines and equal ones once each, and leaves the first look alone to the tail', async () => {
  vi.useFakeTimers()
  try {
    const looks = [[], [line(5, 'a'), line(5, 'a')], [line(4, 'late'), line(5, 'a'), line(5, 'a'), line(5, 'a')]]
    const ends = new AbortController()
    const spans: number[] = []
    const search = async ({ from, until }: { from: number; until: number }): Promise<LogLine[]> => {
      spans.push(until - from)
      const look = looks.shift()
      if (!look) ends.abort(new Error('seen enough'))
      return look ?? []
    }
    const told: string[] = []
    const reading = (async () => {
      const query = { follow: true, tail: 1 }
      for await (const { text } of followLog(search, query, { ...call, signal: ends.signal })) told.push(text)
    })()
    const over = expect(reading).rejects.toThrow('seen enough')
    await vi.advanceTimersByTimeAsync(10_000)
    await over
    expect(told).toEqual(['a', 'a', 'late', 'a'])
    expect(spans[0]).toBe(15 * 60_000)
    // What may still arrive late is looked for again.
    expect(spans.slice(1).every((span) => span >= 60_000)).toBe(true)
  } finally {
    vi.useRealTimers()
  }
})
