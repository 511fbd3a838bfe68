import { isSlsError } from '@anyfaas/kit'
import { describe, expect, it } from 'vitest'
import { doctor } from '../../src/actions/doctor.ts'
import { info } from '../../src/actions/info.ts'
import { invokeRemote } from '../../src/actions/invoke-remote.ts'
import { metrics } from '../../src/actions/metrics.ts'
import { promote, publish, removeAlias, rollback, setAlias, versions } from '../../src/actions/versions.ts'
import type { Bench, Edition, Tree } from './edition.ts'

/** What can be done with what is deployed. `small` has the functions `get`, with a route, and `tick`, with a timer. */
export function operations(edition: Edition, open: () => Promise<Bench>, small: Record<string, Tree>): void {
  let bench: Bench
  describe(`${edition.name}: what is deployed`, () => {
    const one = { provider: edition.provider }
    const deployed = async (): Promise<{ dir: string; provider: string }> => {
      bench = await open()
      bench.write(small)
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

    it('is removed with its versions and aliases', async () => {
      const options = await deployed()
      await setAlias({ ...options, function: 'get', name: 'live', version: 'latest' }, bench.io)
      await bench.remove()
      expect(JSON.stringify(bench.emulator.state())).not.toContain('shop-dev')
    })

    if (edition.hang)
      it('stays whole, alias and versions too, while another product holds it, which is said', async () => {
        const options = await deployed()
        await setAlias({ ...options, function: 'get', name: 'live', version: 'latest' }, bench.io)
        edition.hang?.(bench.emulator, 'shop-dev-get')
        const failure = await bench.remove().catch((error: unknown) => error)
        expect(isSlsError(failure) && failure.diagnostics.map(({ message }) => message).join()).toContain(
          'FunctionNotEmpty',
        )
        expect(JSON.stringify(isSlsError(failure) && failure.diagnostics)).toContain('left alone: theirs')
        const { functions } = await versions({ ...options, functions: ['get'] }, bench.io)
        expect(functions[0]?.aliases.map(({ name }) => name)).toEqual(['live'])
        expect(functions[0]?.versions).toHaveLength(1)
      })

    it('has versions, an alias, a canary, a promotion and a way back', async () => {
      const options = await deployed()
      const alias = async (): Promise<unknown> =>
        (await versions({ ...options, functions: ['get'] }, bench.io)).functions[0]?.aliases
      await setAlias({ ...options, function: 'get', name: 'live', version: 'latest' }, bench.io)
      const [first] = (await publish({ ...options, functions: ['get'] }, bench.io)).versions
      bench.write(small, {}, 'two')
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
      bench = await open()
      bench.write(small)
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
      bench.write(small, {}, 'two')
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

    if (edition.measure)
      it('is measured', async () => {
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
}
