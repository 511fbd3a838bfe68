import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Cron } from 'croner'
import { expect, test } from 'vitest'
import { serviceFolder } from '../../src/local/home.ts'
import { MOST_MISSED, missedRuns } from '../../src/local/platform/timers/schedule.ts'
import type { MissedRuns, TimerSpec } from '../../src/local/spec.ts'
import { isAlive, type LocalFixture, until, useLocal } from './fixture.ts'

const local = useLocal()

const timer = (schedule: string | number, missed?: MissedRuns, timezone = 'UTC'): TimerSpec => ({
  name: 't',
  schedule,
  timezone,
  enabled: true,
  ...(missed && { missed }),
})

const at = (text: string): number => Date.parse(text)
const times = (runs: readonly number[]): string[] => runs.map((run) => new Date(run).toISOString())

test('the last missed run is made good, none or all, for cron in its time zone and for intervals', () => {
  const [down, up] = [at('2026-03-27T00:00:00Z'), at('2026-03-30T12:00:00Z')]
  const nightly = '0 30 2 * * * *'
  expect(times(missedRuns(timer(nightly), down, up))).toEqual(['2026-03-30T02:30:00.000Z'])
  expect(missedRuns(timer(nightly, 'skip'), down, up)).toEqual([])
  // On the 29th the hour from two to three does not exist in Berlin.
  const berlin = times(missedRuns(timer(nightly, 'all', 'Europe/Berlin'), down, up))
  expect(berlin).toEqual(times([...runsOf(nightly, 'Europe/Berlin', down, up)]))
  expect(berlin.length).toBeGreaterThan(2)
  expect(times(missedRuns(timer(3600, 'all'), at('2026-01-01T00:10:00Z'), at('2026-01-01T03:20:00Z')))).toEqual([
    '2026-01-01T01:10:00.000Z',
    '2026-01-01T02:10:00.000Z',
    '2026-01-01T03:10:00.000Z',
  ])
  expect(missedRuns(timer(60), down, down + 59_000)).toEqual([])
})

function* runsOf(schedule: string, timezone: string, after: number, until: number): Generator<number> {
  const job = new Cron(schedule, { timezone, domAndDow: false, paused: true })
  for (let run = job.nextRun(new Date(after)); run && run.getTime() <= until; run = job.nextRun(run))
    yield run.getTime()
}

test('never more than a hundred, and of those the youngest', () => {
  for (const schedule of ['* * * * * * *', 1]) {
    const runs = missedRuns(timer(schedule, 'all'), at('2026-01-01T00:00:00Z'), at('2026-02-01T00:00:00Z'))
    expect(runs).toHaveLength(MOST_MISSED)
    expect(runs.at(-1)).toBeGreaterThan(at('2026-01-31T23:59:58Z'))
  }
})

const YEARLY = '0 0 0 1 1 * *'
const BODY = `console.log(event.trigger + ' ' + event.time); return { kind: 'value' }`

test('a platform that was down makes good what its timers say, once, and intervals keep their step', async () => {
  const platform = local()
  const timers = [
    { ...timer(YEARLY), name: 'once' },
    { ...timer(YEARLY, 'skip'), name: 'skipped' },
    { ...timer(YEARLY, 'all'), name: 'all' },
    { ...timer(86_400), name: 'daily' },
  ]
  await platform.deploy('f', { routes: [], timers, body: BODY })
  const began = await kept(platform)
  await stop(platform)
  const year = new Date().getUTCFullYear()
  const days = 86_400_000
  await rewrite(platform, began, (name) =>
    name === 'daily' ? Date.now() - 2.5 * days : at(`${year - 3}-06-01T00:00:00Z`),
  )
  await platform.info()
  await platform.record()
  const printed = async () => (await platform.logs()).filter(({ stream }) => stream === 'out').map(({ text }) => text)
  await until(async () => (await printed()).length >= 5, 'the missed runs')
  const said = await printed()
  const newYear = (of: number): string => `${of}-01-01T00:00:00.000Z`
  expect(said.filter((text) => !text.startsWith('daily')).sort()).toEqual(
    [`all ${newYear(year - 2)}`, `all ${newYear(year - 1)}`, `all ${newYear(year)}`, `once ${newYear(year)}`].sort(),
  )
  const daily = said.filter((text) => text.startsWith('daily'))
  expect(daily).toHaveLength(1)
  const next = await nextOf(platform, 'daily')
  expect(Math.abs(next - at(daily[0]?.slice('daily '.length) ?? '') - days)).toBeLessThan(1000)
  await stop(platform)
  await platform.info()
  await platform.record()
  expect(await nextOf(platform, 'daily')).toBe(next)
  expect(await printed()).toEqual(said)
})

test('another schedule begins anew, and so does a timer that was off', async () => {
  const platform = local()
  await platform.deploy('f', {
    routes: [],
    timers: [timer(YEARLY, 'all'), { ...timer(60), name: 'off', enabled: false }],
    body: BODY,
  })
  const began = await kept(platform)
  await stop(platform)
  await rewrite(platform, began, () => at('2020-01-01T00:00:00Z'))
  await platform.deploy('f', {
    routes: [],
    timers: [timer('0 0 0 2 1 * *', 'all'), { ...timer(60), name: 'off' }],
    body: `/* 2 */ ${BODY}`,
  })
  await stop(platform)
  for (const { since } of Object.values((await kept(platform))['f'] ?? {}))
    expect(since).toBeGreaterThan(Date.now() - 60_000)
})

interface Kept {
  readonly [name: string]: Readonly<Record<string, { readonly schedule: string; readonly since: number }>>
}

function bookOf(platform: LocalFixture): string {
  return join(serviceFolder(platform.home, 'shop', 'dev'), 'timers.json')
}

async function kept(platform: LocalFixture): Promise<Kept> {
  return await until(() => {
    try {
      return JSON.parse(readFileSync(bookOf(platform), 'utf8')) as Kept
    } catch {
      return undefined
    }
  }, 'the book of timers')
}

async function rewrite(platform: LocalFixture, book: Kept, since: (timer: string) => number): Promise<void> {
  const entries = Object.entries(book['f'] ?? {}).map(([name, entry]) => [name, { ...entry, since: since(name) }])
  writeFileSync(bookOf(platform), JSON.stringify({ f: Object.fromEntries(entries) }))
}

async function stop(platform: LocalFixture): Promise<void> {
  const { pid } = await platform.record()
  process.kill(pid, 'SIGTERM')
  await until(() => !isAlive(pid), 'the end of the platform')
}

async function nextOf(platform: LocalFixture, name: string): Promise<number> {
  const state = (await platform.ask(['state'])) as {
    services: { functions: { timers: { name: string; next: string }[] }[] }[]
  }
  return at(state.services[0]?.functions[0]?.timers.find((one) => one.name === name)?.next ?? '')
}
