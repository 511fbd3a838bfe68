import { expect, it } from 'vitest'
import { aliyun2 } from './aliyun-2.ts'
import { aliyun3 } from './aliyun-3.ts'
import { aws } from './aws.ts'
import { Bench, type Tree } from './edition.ts'
import { tencent } from './tencent.ts'

const COUNT = 200
const LATENCY_MS = 50
const SETTLE_MS = 1500

// `settles` is how often the last function waits for the platform: for itself, and on AWS for its role before. `chain` is how
// many calls have to follow one another for it. `reads` is how many a function needs in a deploy that changes nothing, of what
// no list tells; the pages of all lists come on top. The documents of AWS allow 15 calls a second to Lambda, and more to the
// products `beside` it.
const EDITIONS = [
  { edition: aliyun3, rate: 20, settles: 1, chain: 3, reads: 1 },
  { edition: aliyun2, rate: 20, settles: 1, chain: 4, reads: 2 },
  { edition: tencent, rate: 20, settles: 1, chain: 4, reads: 2 },
  { edition: aws, rate: 15, beside: 20, settles: 2, chain: 7, reads: 0 },
]
const PAGES = 40
// 1.1 is what is reached on an idle machine, and printed. The time in which this process had work and no processor is not the
// engine's, and what it held back then arrives bunched up and is refused.
const MOST_TIMES = 1.25
const MOST_THROTTLED = 0.01
const MOST_THROTTLED_WHEN_STARVED = 0.05

it.each(EDITIONS)(
  `${COUNT} functions go up as fast as $edition.name takes them`,
  { timeout: 300_000, retry: 2 },
  async ({ edition, rate, beside = rate, settles, chain, reads }) => {
    // Functions are made at the rate of that action, and what belongs to one in the shadow of the next.
    const theoryMs = ((COUNT - rate) / rate) * 1000 + settles * SETTLE_MS + chain * LATENCY_MS
    const bench = await new Bench(edition, {
      latencyMs: LATENCY_MS,
      rate: (action) => (/Function/.test(action) ? rate : beside),
      settleMs: SETTLE_MS,
    }).start()
    const functions = Object.fromEntries(
      Array.from({ length: COUNT }, (_, index): [string, Tree] => [
        `f${index}`,
        { events: [{ timer: { cron: '0 8 * * *' } }] },
      ]),
    )
    bench.write(functions)
    const { emulator } = bench
    let began = 0
    const boundary = (): void => {
      if (began === 0) began = performance.now()
    }
    emulator.options = { ...emulator.options, boundary }
    const stolen = watchProcessor()
    await bench.deploy()
    const tookMs = performance.now() - began
    const stolenMs = stolen()
    const calls = emulator.requests.length
    console.log(
      `${COUNT} functions on ${edition.name}: ${(tookMs / theoryMs).toFixed(2)} x theory (${(theoryMs / 1000).toFixed(1)} s), ${calls} calls, ${emulator.throttled} throttled, ${(stolenMs / 1000).toFixed(1)} s without a processor`,
    )
    const isStarved = stolenMs > tookMs / 20
    expect(emulator.throttled / calls).toBeLessThan(isStarved ? MOST_THROTTLED_WHEN_STARVED : MOST_THROTTLED)
    expect((tookMs - stolenMs) / theoryMs).toBeLessThan(MOST_TIMES)
    const sent = emulator.mutations.length
    const read = emulator.requests.length
    expect((await bench.deploy()).counts).toEqual({})
    expect(emulator.mutations.length).toBe(sent)
    const again = emulator.requests.length - read
    console.log(`nothing changed: ${again} reads`)
    expect(again).toBeLessThan(reads * COUNT + PAGES)
    await bench.close()
  },
)

// How long the loop of this thread was at work from now on, less what of it was computing: then others had the processor.
function watchProcessor(): () => number {
  const loop = performance.eventLoopUtilization()
  const used = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(used)
    return Math.max(0, performance.eventLoopUtilization(loop).active - (user + system) / 1000)
  }
}
