import { describe, expect, it } from 'vitest'
import type { EmulatorOptions } from '../emulators/emulator.ts'
import type { Bench, Edition } from './edition.ts'
import { killAt } from './kill.ts'

const BOTH = { get: {}, tick: {} }
// It stands in the entry of the function too, so its part of the artifact is another one then.
const SLOWER = { get: { timeout: 7 }, tick: {} }

/** A state without what tells of which artifact the code of a function is: an older one may serve as well. */
export function withoutArtifact(state: unknown): unknown {
  const told = new Set(['codeChecksum', 'codeSize', 'CodeSha256', 'CodeSize', 'zip'])
  const text = JSON.stringify(state, (key, value: unknown) => (told.has(key) ? '' : value))
  return JSON.parse(text.replaceAll(/([0-9a-f]{32})\.[\w+/=]+/g, '$1'))
}

/** Functions share an artifact, and each gets the code that it runs: no other, and none in vain. */
export function codeOfFunctions(edition: Edition, open: (options?: EmulatorOptions) => Promise<Bench>): void {
  const { name, otherCode } = edition

  describe(`${name}: the code of functions`, () => {
    it('is sent to the one whose part of the artifact has changed', async () => {
      const bench = await open()
      bench.write(BOTH)
      await bench.deploy()
      const before = bench.emulator.state()
      bench.write(SLOWER)
      expect(await bench.plan()).toEqual([expect.stringMatching(/^update function\/get: .*code/i)])
      await bench.deploy()
      expect(await bench.plan()).toEqual([])
      bench.write(BOTH)
      expect(await bench.plan()).toEqual([expect.stringMatching(/^update function\/get: .*code/i)])
      await bench.deploy()
      expect(bench.emulator.state()).toEqual(before)
    })

    if (otherCode)
      it('is sent again when somebody has sent other code', async () => {
        const bench = await open()
        bench.write(BOTH)
        await bench.deploy()
        const before = bench.emulator.state()
        bench.emulator.drift('shop-dev-get', otherCode)
        expect(await bench.plan()).toEqual([expect.stringMatching(/^update function\/get: code$/i)])
        await bench.deploy()
        expect(bench.emulator.state()).toEqual(before)
      })

    it('is the earlier one again after a deploy of another was killed', { timeout: 120_000 }, async () => {
      const bench = await open()
      bench.write(BOTH)
      await bench.deploy()
      const before = bench.emulator.state()
      const first = bench.emulator.mutations.length
      bench.write(BOTH, {}, 'two')
      await bench.deploy()
      const changes = bench.emulator.mutations.length - first
      for (const side of ['before', 'after'] as const)
        for (let at = 0; at < changes; at++) {
          bench.emulator.options = {}
          bench.write(BOTH)
          await bench.deploy()
          expect(bench.emulator.state(), `killed ${side} change ${at - 1}`).toEqual(before)
          bench.write(BOTH, {}, 'two')
          await killAt(bench, { at: bench.emulator.mutations.length + at, side, changesOnly: true })
        }
      bench.emulator.options = {}
      bench.write(BOTH)
      await bench.deploy()
      expect(bench.emulator.state()).toEqual(before)
    })
  })
}
