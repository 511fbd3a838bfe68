import { clock, isSlsError } from '@anyfaas/kit'
import { afterEach, expect, it } from 'vitest'
import { doctor } from '../../src/actions/doctor.ts'
import { aliyun2 } from './aliyun-2.ts'
import { aliyun3 } from './aliyun-3.ts'
import { Bench } from './edition.ts'
import { tencent } from './tencent.ts'

// An address where nobody answers: the mistake is neither in the file nor in sls.

const real = { ...clock }
let bench: Bench
afterEach(async () => {
  Object.assign(clock, real)
  await bench.close()
})

it.each([aliyun3, aliyun2, tencent])('a platform that does not answer is said to: $name', async (edition) => {
  bench = await new Bench(edition).start()
  bench.write({ a: {} })
  bench.rewrite({ endpoint: 'http://127.0.0.1:1' })
  let passedMs = 0
  Object.assign(clock, {
    now: () => real.now() + passedMs,
    wait: async (ms: number) => {
      passedMs += ms
    },
  })
  const failure = await bench.plan().catch((error: unknown) => error)
  if (!isSlsError(failure)) throw failure
  const [diagnostic] = failure.diagnostics
  expect(diagnostic).toMatchObject({ code: 'SLS5012', message: expect.stringMatching(/no answer: .*ECONNREFUSED/) })
  expect(diagnostic?.message).not.toContain('failed.')
  const said = bench.events.flatMap((one) => (one.kind === 'phase' && one.state === 'note' ? [one.name] : []))
  expect(said).toEqual([
    expect.stringMatching(/^(Alibaba|Tencent) Cloud does not answer: .*ECONNREFUSED.*; trying again$/),
  ])
  expect(passedMs).toBeGreaterThan(60_000)
  const { platforms } = await doctor({ dir: bench.dir }, bench.io)
  const findings = platforms[0]?.examination.findings ?? []
  expect(findings.find(({ what }) => what === 'the API')).toMatchObject({ state: 'bad' })
  expect(findings.find(({ what }) => what === 'account')?.found).toContain('ECONNREFUSED')
})
