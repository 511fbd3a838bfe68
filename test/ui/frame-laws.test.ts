import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { error } from '../../src/kit/src/index.ts'
import { widthOf } from '../../src/ui/width.ts'
import { draw } from './draw.ts'

const seed = 20_260_731

const line = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: fc.constantFrom('a', ' ', '\t', '名', '👍', 'e\u0301', '\u001b', '\u202e', '\r'), maxLength: 300 }),
)

const place = fc
  .array(line, { maxLength: 12 })
  .map((lines) => lines.join('\n'))
  .chain((text) => fc.tuple(fc.constant(text), fc.nat(text.length), fc.nat(text.length)))

test('any text and any span give rows that fit and that harm no terminal', () => {
  fc.assert(
    fc.property(place, fc.integer({ min: 40, max: 160 }), fc.boolean(), ([text, a, b], columns, unicode) => {
      const span = { file: 'f', start: Math.min(a, b), end: Math.max(a, b) }
      const drawn = draw([error('SLS1002', 'm', { at: span })], { f: text }, { columns, unicode })
      for (const row of drawn.split('\n')) expect(widthOf(row)).toBeLessThanOrEqual(columns)
      expect(stripVTControlCharacters(drawn)).toBe(drawn)
      expect(drawn).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e]/u)
    }),
    { seed, numRuns: 400 },
  )
})

test('the underline stands below the words that it means', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '名', '\t', 'é'), maxLength: 60 })
  fc.assert(
    fc.property(word, word, (before, behind) => {
      const text = `${before}XYZ${behind}`
      const drawn = draw([error('SLS1002', 'm', { at: { file: 'f', start: before.length, end: before.length + 3 } })], {
        f: text,
      })
      const rows = drawn.split('\n')
      const code = rows[2] ?? ''
      const below = rows[3] ?? ''
      const column = widthOf(code.slice(0, code.indexOf('XYZ')))
      expect(widthOf(below.slice(0, below.indexOf('─')))).toBe(column)
      expect(below.trimEnd().endsWith('───')).toBe(true)
    }),
    { seed, numRuns: 300 },
  )
})

test('a file of one line and ten megabytes is drawn at once', () => {
  const text = `${'x'.repeat(5_000_000)}HERE${'y'.repeat(5_000_000)}`
  const began = performance.now()
  const drawn = draw([error('SLS1002', 'm', { at: { file: 'f', start: 5_000_000, end: 5_000_004 } })], { f: text })
  expect(performance.now() - began).toBeLessThan(2000)
  expect(drawn).toContain('xHEREy')
  expect(drawn).toContain('f:1:5000001')
})
