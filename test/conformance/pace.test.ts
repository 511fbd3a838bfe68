import { expect, it } from 'vitest'
import { aliyun2 } from './aliyun-2.ts'
import { aliyun3 } from './aliyun-3.ts'
import { Bench, type Tree } from './edition.ts'
import { tencent } from './tencent.ts'

const COUNT = 200
const RATE = 20
const LATENCY_MS = 50
const SETTLE_MS = 1500

// Every function needs two calls at the rate of their action, and the last one settles after it was sent.
const THEORY_MS = ((COUNT - RATE) / RATE) * 1000 + SETTLE_MS + 2 * LATENCY_MS

it.each([aliyun3, aliyun2, tencent])(
  `${COUNT} functions go up as fast as $name takes them`,
  { timeout: 300_000 },
  async (edition) => {
    const bench = await new Bench(edition, { latencyMs: LATENCY_MS, rate: RATE, settleMs: SETTLE_MS }).start()
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
    await bench.deploy()
    const tookMs = performance.now() - began
    const calls = emulator.requests.length
    console.log(
      `${COUNT} functions on ${edition.name}: ${(tookMs / THEORY_MS).toFixed(2)} x theory (${(THEORY_MS / 1000).toFixed(1)} s), ${calls} calls, ${emulator.throttled} throttled`,
    )
    expect(emulator.throttled / calls).toBeLessThan(0.01)
    const sent = emulator.mutations.length
    const read = emulator.requests.length
    expect((await bench.deploy()).counts).toEqual({})
    expect(emulator.mutations.length).toBe(sent)
    console.log(`nothing changed: ${emulator.requests.length - read} reads`)
    await bench.close()
  },
)
