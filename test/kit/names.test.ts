import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deployedName, deployedPrefixes, fitRange, logicalNames } from '../../src/kit/src/index.ts'
import { loadTargets } from '../translate/targets.ts'

const SEED = 20_261
const targets = await loadTargets()
// As the file format has them, and beyond: what a platform lacks has to be replaced.
const part = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,80}$/)
const parts = fc.array(part, { minLength: 1, maxLength: 3 })

describe.each(targets)('names of functions on $name', ({ target }) => {
  const { functionName } = target.facts

  it('fit, and are the same on every machine', () => {
    fc.assert(
      fc.property(parts, (words) => {
        const name = deployedName(words, functionName)
        expect(name.length).toBeLessThanOrEqual(functionName.maxLength)
        expect(name).toMatch(functionName.pattern)
        expect(deployedName([...words], functionName)).toBe(name)
      }),
      { seed: SEED, numRuns: 2000 },
    )
  })

  it('stay apart, however much of them is cut', () => {
    const long = 'a'.repeat(functionName.maxLength)
    const names = new Set(Array.from({ length: 20_000 }, (_, index) => deployedName([long, `f${index}`], functionName)))
    expect(names.size).toBe(20_000)
  })

  it('begin as it is told of all that begin with the same parts', () => {
    fc.assert(
      fc.property(parts, part, (words, last) => {
        const name = deployedName([...words, last], functionName)
        expect(deployedPrefixes(words, functionName).some((prefix) => name.startsWith(prefix))).toBe(true)
      }),
      { seed: SEED, numRuns: 2000 },
    )
  })

  it('take memory and time up to the next step, or say that there is none', () => {
    for (const range of [target.facts.memoryMb, target.facts.timeoutSec]) {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 100_000 }), (value) => {
          const fitted = fitRange(value, range)
          if (fitted === undefined) {
            expect(value).toBeGreaterThan(range.max)
            return
          }
          expect(fitted).toBeGreaterThanOrEqual(value)
          expect(range.also?.includes(fitted) || fitted % (range.step ?? 1) === 0).toBe(true)
          expect(fitRange(fitted, range)).toBe(fitted)
        }),
        { seed: SEED, numRuns: 500 },
      )
    }
  })
})

describe('how names begin', () => {
  const rule = { pattern: /^[\w-]+$/, maxLength: 30, words: '' }

  it.each([
    [['blog', 'dev'], ['blog-dev-']],
    [['my.shop', 'dev'], ['my-shop-dev-']],
    [
      ['2048', 'dev'],
      ['2048-dev-', 'dev-'],
    ],
    [['a-service-with-a', 'very-long-stage'], ['a-service-with-a-very']],
    [['a-service-with-long', '-_-stage'], ['a-service-with-long-']],
  ])('%j: %j', (words, found) => {
    expect(deployedPrefixes(words, rule)).toEqual(found)
  })

  it('tells both beginnings where what fits is taken as it is', () => {
    const dots = { ...rule, pattern: /^[\w.-]+$/ }
    expect(deployedPrefixes(['my.shop', 'dev'], dots)).toEqual(['my.shop-dev-', 'my-shop-dev-'])
    expect(deployedName(['my.shop', 'dev', 'a'], dots)).toBe('my.shop-dev-a')
    expect(deployedName(['my.shop', 'dev', 'a'.repeat(30)], dots)).toMatch(/^my-shop-dev-/)
  })
})

it('gives the parts of a template names of their own', () => {
  fc.assert(
    fc.property(fc.uniqueArray(part, { maxLength: 12 }), (words) => {
      const names = [...logicalNames(words).values()]
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(words.length)
      for (const name of names) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9]*$/)
    }),
    { seed: SEED, numRuns: 1000 },
  )
})
