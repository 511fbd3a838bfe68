import { isSlsError } from '@anyfaas/kit'
import { afterEach, describe, expect, it } from 'vitest'
import { doctor } from '../../src/actions/doctor.ts'
import { info } from '../../src/actions/info.ts'
import { invokeRemote } from '../../src/actions/invoke-remote.ts'
import { metrics } from '../../src/actions/metrics.ts'
import { promote, publish, removeAlias, rollback, setAlias, versions } from '../../src/actions/versions.ts'
import type { Fault } from '../emulators/emulator.ts'
import { Bench, type Edition, type Tree } from './edition.ts'
import { killedEverywhere } from './kill.ts'

const SMALL: Record<string, Tree> = {
  get: { events: [{ http: 'GET /posts/:id' }] },
  tick: { events: [{ timer: { cron: '0 8 * * *' } }], memorySize: 256 },
}

/** What every platform that we deploy to has to bear. */
export function conformance(edition: Edition): void {
  let bench: Bench
  const open = async (options: ConstructorParameters<typeof Bench>[1] = {}): Promise<Bench> => {
    bench = await new Bench(edition, options).start()
    return bench
  }
  afterEach(() => bench?.close())

  describe(`${edition.name}: a deploy`, () => {
    it('creates all of it, and a second one changes nothing', async () => {
      const { emulator } = await open()
      bench.write(SMALL)
      const first = await bench.deploy()
      expect(first.counts.create).toBeGreaterThanOrEqual(3)
      expect(await bench.plan()).toEqual([])
      const sent = emulator.mutations.length
      expect((await bench.deploy()).counts).toEqual({})
      expect(emulator.mutations.length).toBe(sent)
    })

    it('of everything that the platform has leaves nothing to do', async () => {
      await open()
      bench.write({ rich: edition.rich })
      await bench.deploy()
      expect(await bench.plan()).toEqual([])
    })

    it.each(edition.changes)('of a change moves it and nothing else: %s', async (_, changed) => {
      const { emulator } = await open()
      bench.write({ rich: edition.rich, other: {} })
      await bench.deploy()
      bench.write({ rich: changed, other: {} })
      const planned = await bench.plan()
      expect(planned).not.toEqual([])
      // Functions share their artifact, and routes and times stand in it.
      expect(
        planned.filter((line) => line.includes('other') && line.toLowerCase() !== 'update function/other: code'),
      ).toEqual([])
      const sent = emulator.mutations.length
      await bench.deploy()
      expect(emulator.mutations.length).toBeGreaterThan(sent)
      expect(await bench.plan()).toEqual([])
      const fresh = await new Bench(edition).start()
      fresh.write({ rich: changed, other: {} })
      await fresh.deploy()
      const wanted = fresh.emulator.state()
      await fresh.close()
      expect(emulator.state()).toEqual(wanted)
    })

    it('of new code sends the code of what holds it, and says so in the plan', async () => {
      await open()
      bench.write(SMALL)
      await bench.deploy()
      bench.write(SMALL, {}, 'two')
      const planned = await bench.plan()
      expect(planned.length).toBeGreaterThan(0)
      expect(planned.every((line) => line.startsWith('update function/'))).toBe(true)
      await bench.deploy({ part: 'code' })
      expect(await bench.plan()).toEqual([])
    })

    it('takes away what is no longer in the file, and only that', async () => {
      const { emulator } = await open()
      bench.write(SMALL)
      await bench.deploy()
      bench.write({ get: SMALL['get'] as Tree })
      expect((await bench.plan()).sort()).toEqual(
        expect.arrayContaining([expect.stringMatching(/^delete function\/tick$/)]),
      )
      await bench.deploy()
      expect(await bench.plan()).toEqual([])
      expect(JSON.stringify(emulator.state())).not.toContain('tick')
    })

    it('mends what somebody changed by hand', async () => {
      const { emulator } = await open()
      bench.write(SMALL)
      await bench.deploy()
      const before = emulator.state()
      emulator.drift('shop-dev-get', edition.drift)
      expect(await bench.plan()).not.toEqual([])
      await bench.deploy()
      expect(emulator.state()).toEqual(before)
    })
  })

  describe(`${edition.name}: what is not ours`, () => {
    it('is refused with its name, and nothing is touched', async () => {
      const { emulator } = await open()
      emulator.plant('shop-dev-get')
      const before = emulator.state()
      bench.write(SMALL)
      const failure = await bench.deploy().catch((error: unknown) => error)
      expect(isSlsError(failure) && failure.diagnostics.map(({ code }) => code)).toContain('SLS5003')
      expect(emulator.state()).toEqual(before)
    })

    it('is taken over when asked, and then is ours', async () => {
      const { emulator } = await open()
      emulator.plant('shop-dev-get')
      bench.write(SMALL)
      await bench.deploy({ adopt: true })
      expect(await bench.plan()).toEqual([])
      await bench.remove()
      expect(JSON.stringify(emulator.state())).not.toContain('shop-dev')
    })

    it('survives a removal', async () => {
      const { emulator } = await open()
      emulator.plant('foreign')
      bench.write(SMALL)
      await bench.deploy()
      await bench.remove()
      expect(JSON.stringify(emulator.state())).toContain('foreign')
      expect(JSON.stringify(emulator.state())).not.toContain('shop-dev')
      expect(await bench.remove()).toEqual([])
    })
  })

  describe(`${edition.name}: faults`, () => {
    it.each<Fault>(['throttle', 'unavailable', 'cut before', 'cut after'])(
      '%s at a third of the requests',
      async (fault) => {
        const { emulator } = await open({ fault: (_, index) => (isUnlucky(index) ? fault : undefined) })
        bench.write(SMALL)
        await bench.deploy()
        emulator.options = {}
        expect(await bench.plan()).toEqual([])
        emulator.options = { fault: (_, index) => (isUnlucky(index) ? fault : undefined) }
        await bench.remove()
        emulator.options = {}
        expect(JSON.stringify(emulator.state())).not.toContain('shop-dev')
      },
    )

    it('things that take their time are waited for', async () => {
      await open({ settleMs: 1200 })
      bench.write(SMALL)
      await bench.deploy()
      expect(await bench.plan()).toEqual([])
    })

    it('wrong keys are said to be so, and nothing is tried again', async () => {
      const { emulator } = await open()
      bench.write(SMALL)
      const env = Object.fromEntries(
        Object.entries(bench.env).map(([key, value]) => [key, value === 'secret' ? 'wrong' : value]),
      )
      Object.defineProperty(bench, 'env', { value: env })
      const failure = await bench.deploy().catch((error: unknown) => error)
      expect(isSlsError(failure) && failure.diagnostics.map(({ code }) => code)).toContain('SLS5006')
      expect(emulator.requests.length).toBeLessThan(10)
    })
  })

  describe(`${edition.name}: secrets`, () => {
    it('reach the platform and nothing else', async () => {
      const { emulator } = await open()
      const service = { get: { environment: { TOKEN: '${secret:TOKEN}' }, events: [{ http: 'GET /' }] } }
      bench.write(service)
      await bench.deploy()
      expect(JSON.stringify(emulator.state())).toContain('planted-5ecret-value')
      expect(await bench.plan()).toEqual([])
      bench.write({ get: { events: [{ http: 'GET /' }] } })
      expect(await bench.plan()).toHaveLength(1)
      const told = JSON.stringify(bench.events) + emulator.requests.map(({ url }) => url).join(' ')
      expect(told).not.toContain('planted-5ecret-value')
    })
  })

  describe(`${edition.name}: what is deployed`, () => {
    const one = { provider: edition.provider }
    const deployed = async (): Promise<{ dir: string; provider: string }> => {
      await open()
      bench.write(SMALL)
      await bench.deploy()
      return { ...one, dir: bench.dir }
    }

    it('is shown with its addresses', async () => {
      const options = await deployed()
      const { platforms } = await info(options, bench.io)
      const functions = platforms[0]?.deployment?.functions ?? []
      expect(functions.map(({ name }) => name).sort()).toEqual(['get', 'tick'])
      expect(functions.find(({ name }) => name === 'get')?.urls[0]?.url).toMatch(/^https:/)
    })

    it('can be called, and says how it failed', async () => {
      const options = await deployed()
      const { answer } = await invokeRemote({ ...options, function: 'get', data: '{"a":1}', tail: true }, bench.io)
      expect(answer).toMatchObject({ payload: '{"a":1}', requestId: expect.any(String), log: expect.any(String) })
      const call = invokeRemote({ ...options, function: 'get', data: '"fail"' }, bench.io)
      await expect(call).rejects.toThrow('SLS5009: TypeError: it failed')
      const later = await invokeRemote({ ...options, function: 'get', data: '{}', isAsync: true }, bench.io)
      expect(later.answer.payload).toBe('')
    })

    it('has versions, an alias, a canary, a promotion and a way back', async () => {
      const options = await deployed()
      const alias = async (): Promise<unknown> =>
        (await versions({ ...options, functions: ['get'] }, bench.io)).functions[0]?.aliases
      await setAlias({ ...options, function: 'get', name: 'live', version: 'latest' }, bench.io)
      const [first] = (await publish({ ...options, functions: ['get'] }, bench.io)).versions
      bench.write(SMALL, {}, 'two')
      await bench.deploy()
      const [second] = (await publish({ ...options, functions: ['get'] }, bench.io)).versions
      if (!first || !second) throw new Error('no versions')
      expect(second.id).not.toBe(first.id)
      const canary = { version: second.id, share: 0.1 }
      await setAlias({ ...options, function: 'get', name: 'live', version: first.id, canary }, bench.io)
      expect(await alias()).toEqual([{ fn: 'get', name: 'live', version: first.id, canary }])
      await promote({ ...options, alias: 'live' }, bench.io)
      expect(await alias()).toEqual([{ fn: 'get', name: 'live', version: second.id }])
      await rollback({ ...options, alias: 'live' }, bench.io)
      expect(await alias()).toEqual([{ fn: 'get', name: 'live', version: first.id }])
      await expect(rollback({ ...options, alias: 'live' }, bench.io)).rejects.toThrow('SLS5008')
      await removeAlias({ ...options, function: 'get', name: 'live' }, bench.io)
      expect(await alias()).toEqual([])
      await expect(removeAlias({ ...options, function: 'get', name: 'live' }, bench.io)).rejects.toThrow(
        'no alias "live"',
      )
    })

    it('gives new code a share of the calls, and says what calls pass it by', async () => {
      await open()
      bench.write(SMALL)
      const options = { ...one, dir: bench.dir }
      const leads = async (): Promise<unknown> =>
        (await versions({ ...options, functions: ['get'] }, bench.io)).functions[0]?.aliases
      const first = await bench.deploy({ canary: 0.1, only: ['get'] })
      const [{ version = '' } = {}] = first.aliases ?? []
      expect(first.aliases).toEqual([{ fn: 'get', name: 'live', version }])
      const said = bench.events.flatMap((event) => (event.kind === 'diagnostic' ? [event.diagnostic] : []))
      expect(said.map(({ code, message }) => [code, message])).toContainEqual([
        'SLS5010',
        'the http trigger of function "get" calls the newest code, not the alias "live"',
      ])
      bench.write(SMALL, {}, 'two')
      const { aliases } = await bench.deploy({ canary: 0.25 })
      const own = aliases?.find(({ fn }) => fn === 'get')
      expect(own).toMatchObject({ version, canary: { share: 0.25 } })
      expect(own?.canary?.version).not.toBe(version)
      expect(await leads()).toEqual([own])
      expect((await bench.deploy({ canary: 0.5, only: ['get'] })).aliases?.[0]?.canary?.version).toBe(
        own?.canary?.version,
      )
      await promote({ ...options, alias: 'live' }, bench.io)
      expect(await leads()).toEqual([{ fn: 'get', name: 'live', version: own?.canary?.version }])
    })

    it.skipIf(!edition.measure)('is measured', async () => {
      const options = await deployed()
      edition.measure?.(bench.emulator, 'shop-dev-get')
      const { functions } = await metrics({ ...options, since: '1h' }, bench.io)
      const none = { calls: 0, errors: 0, throttles: 0 }
      expect(functions.find((one) => one.function === 'get')).toEqual({
        ...{ function: 'get', calls: 4, errors: 1, throttles: 2, averageMs: 25, maxMs: 40 },
      })
      expect(functions.find((one) => one.function === 'tick')).toEqual({ function: 'tick', ...none })
    })

    it('is examined without a secret being shown', async () => {
      const options = await deployed()
      const { platforms } = await doctor(options, bench.io)
      const { examination } = platforms[0] ?? { examination: { findings: [] } }
      expect(examination.findings.map(({ state }) => state)).not.toContain('bad')
      expect(examination).toHaveProperty('policy')
      expect(JSON.stringify(examination)).not.toContain('"secret"')
    })
  })

  describe(`${edition.name}: a deploy that is killed`, () => {
    it('at any request is finished by the next one, nothing doubled, nothing lost', { timeout: 300_000 }, async () => {
      await killedEverywhere(edition, SMALL)
    })
  })
}

// A third of all numbers, in no rhythm that attempts could fall into.
function isUnlucky(index: number): boolean {
  return Math.imul(index + 1, 0x9e3779b1) >>> 0 < 2 ** 32 / 3
}
