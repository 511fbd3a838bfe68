import { isSlsError } from '@anyfaas/kit'
import { afterEach, describe, expect, it } from 'vitest'
import type { Fault } from '../emulators/emulator.ts'
import { codeOfFunctions, withoutArtifact } from './code.ts'
import { Bench, type Edition, type Tree } from './edition.ts'
import { withoutWaiting } from './haste.ts'
import { killedEverywhere } from './kill.ts'
import { operations } from './operations.ts'

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
    withoutWaiting()

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
      // Functions share their artifact, and routes and times stand in it: the other keeps the older one.
      expect(planned.filter((line) => line.includes('other'))).toEqual([])
      const sent = emulator.mutations.length
      await bench.deploy()
      expect(emulator.mutations.length).toBeGreaterThan(sent)
      expect(await bench.plan()).toEqual([])
      const fresh = await new Bench(edition).start()
      fresh.write({ rich: changed, other: {} })
      await fresh.deploy()
      const wanted = fresh.emulator.state()
      await fresh.close()
      expect(withoutArtifact(emulator.state())).toEqual(withoutArtifact(wanted))
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
    withoutWaiting()

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
    withoutWaiting()

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

  it(`${edition.name}: things that take their time are waited for`, async () => {
    await open({ settleMs: 1200 })
    bench.write(SMALL)
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
  })

  describe(`${edition.name}: secrets`, () => {
    withoutWaiting()

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

  operations(edition, open, SMALL)
  codeOfFunctions(edition, open)

  describe(`${edition.name}: a deploy that is killed`, () => {
    withoutWaiting()

    it('at any request is finished by the next one, nothing doubled, nothing lost', { timeout: 900_000 }, async () => {
      await killedEverywhere(edition, SMALL)
    })

    if (edition.waiting)
      it('among events of other products, at any change, is finished as well', { timeout: 900_000 }, async () => {
        await killedEverywhere(edition, { waiting: edition.waiting ?? {} }, { changesOnly: true })
      })
  })
}

// A third of all numbers, in no rhythm that attempts could fall into.
function isUnlucky(index: number): boolean {
  return Math.imul(index + 1, 0x9e3779b1) >>> 0 < 2 ** 32 / 3
}
