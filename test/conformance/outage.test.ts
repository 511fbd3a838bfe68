import { clock, isSlsError } from '@anyfaas/kit'
import { afterEach, expect, it } from 'vitest'
import { doctor } from '../../src/actions/doctor.ts'
import { aliyun2 } from './aliyun-2.ts'
import { aliyun3 } from './aliyun-3.ts'
import { aws } from './aws.ts'
import { Bench, type Edition, type Tree } from './edition.ts'
import { tencent } from './tencent.ts'

// An address where nobody answers: the mistake is neither in the file nor in sls.

const real = { ...clock }
let bench: Bench
afterEach(async () => {
  Object.assign(clock, real)
  await bench.close()
})

const editions = [aliyun3, aliyun2, tencent, aws]
let passedMs: number

/** Nobody answers, and time passes by waiting only. */
async function meetSilence(edition: Edition, settings: Tree = {}): Promise<void> {
  bench = await new Bench(edition).start()
  bench.write({ a: {} })
  bench.rewrite({ endpoint: 'http://127.0.0.1:1', ...settings })
  passByWaiting()
}

function passByWaiting(): void {
  passedMs = 0
  Object.assign(clock, {
    now: () => real.now() + passedMs,
    wait: async (ms: number) => {
      passedMs += ms
    },
  })
}

it.each(editions)('a platform that does not answer is said to: $name', async (edition) => {
  await meetSilence(edition)
  const failure = await bench.plan().catch((error: unknown) => error)
  if (!isSlsError(failure)) throw failure
  const [diagnostic] = failure.diagnostics
  expect(diagnostic).toMatchObject({ code: 'SLS5012', message: expect.stringMatching(/: .*ECONNREFUSED/) })
  expect(diagnostic?.message).not.toContain('failed.')
  const said = bench.events.flatMap((one) => (one.kind === 'phase' && one.state === 'note' ? [one.name] : []))
  expect(said).toEqual([
    expect.stringMatching(/^(Alibaba Cloud|Tencent Cloud|AWS) does not answer: .*ECONNREFUSED.*; trying again$/),
  ])
  expect(passedMs).toBeGreaterThan(60_000)
})

it.each(editions)('the doctor says within seconds what cannot be reached, and why: $name', async (edition) => {
  await meetSilence(edition)
  const { platforms } = await doctor({ dir: bench.dir }, bench.io)
  expect(passedMs).toBeLessThan(20_000)
  const { findings = [], policy } = platforms[0]?.examination ?? {}
  const of = (wanted: string) => findings.find(({ what }) => what === wanted)
  const found = expect.stringMatching(/not reachable: 127\.0\.0\.1:1, .*ECONNREFUSED/)
  expect(of('the API')).toMatchObject({ state: 'bad', found, help: expect.stringContaining('provider.endpoint') })
  expect(of('account')).toMatchObject({ state: expect.not.stringMatching('good'), found })
  expect(of('credentials')).toMatchObject({ state: 'good' })
  expect(of('region')).toMatchObject({ state: 'good' })
  expect(policy).toBeDefined()
})

it('the doctor says that the account cannot be asked for, where nothing can be asked without', async () => {
  await meetSilence(aliyun2, { accountId: undefined })
  const { platforms } = await doctor({ dir: bench.dir }, bench.io)
  expect(passedMs).toBeLessThan(20_000)
  const { findings = [], policy } = platforms[0]?.examination ?? {}
  expect(findings.find(({ what }) => what === 'account')).toMatchObject({
    state: 'bad',
    found: expect.stringMatching(/not reachable: .*ECONNREFUSED/),
  })
  expect(policy).toBeDefined()
})

it.each(editions)('a gateway that does not get through for a moment is asked again: $name', async (edition) => {
  bench = await new Bench(edition).start()
  bench.write({ a: {} })
  await bench.deploy()
  passByWaiting()
  bench.emulator.options = { fault: (_, index) => (index % 3 === 0 ? 'gateway' : undefined) }
  expect(await bench.plan()).toEqual([])
  expect(passedMs).toBeGreaterThan(0)
})

it('of a gateway that never gets through it is said that it is not the platform', async () => {
  bench = await new Bench(aliyun3, { fault: () => 'gateway' }).start()
  bench.write({ a: {} })
  passByWaiting()
  const failure = await bench.plan().catch((error: unknown) => error)
  expect(passedMs).toBeGreaterThan(60_000)
  expect(isSlsError(failure) && failure.diagnostics).toMatchObject([
    { code: 'SLS5012', message: expect.stringContaining('no answer: what answered is not the platform') },
  ])
  const said = bench.events.flatMap((one) => (one.kind === 'phase' && one.state === 'note' ? [one.name] : []))
  expect(said).toEqual(['Alibaba Cloud answers 502: without a reason; trying again'])
})
