import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { flatJson } from '../../src/runtime/src/flat-json.ts'
import { plainReply } from '../../src/runtime/src/reply.ts'

const text = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 70 }),
  fc.constantFrom('"', '\\', '\n', '\u007f', '\u0000', '\ud800', 'é', '__proto__', 'constructor', '0'),
)
const value = fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constantFrom(null, undefined, -0, [], {}))

describe('the JSON of a flat object', () => {
  test('is what JSON.stringify writes, or nothing', () => {
    let written = 0
    fc.assert(
      fc.property(fc.dictionary(text, value, { maxKeys: 4, noNullPrototype: true }), (body) => {
        const json = flatJson(body)
        if (json === undefined) return
        written++
        expect(json).toBe(JSON.stringify(body))
      }),
      { seed: 5, numRuns: 3000 },
    )
    expect(written).toBeGreaterThan(300)
  })

  test.each([
    [{ id: '42' }, '{"id":"42"}'],
    [{ b: 1.5, a: true, 7: '' }, '{"7":"","b":1.5,"a":true}'],
    [{ n: -0, e: 1e21 }, '{"n":0,"e":1e+21}'],
  ])('of %j is written', (body, json) => {
    expect(flatJson(body)).toBe(json)
    expect(JSON.stringify(body)).toBe(json)
  })

  test.each([
    ['nothing', {}],
    ['a list', { list: [] }],
    ['null', { a: null }],
    ['NaN', { a: Number.NaN }],
    ['undefined', { a: undefined }],
    ['a bigint', { a: 1n }],
    ['a text to escape', { a: 'a"b' }],
    ['a key to escape', { 'a"b': 1 }],
    ['a long text', { a: 'x'.repeat(65) }],
    ['a form of its own', { a: 1, toJSON: () => 2 }],
    ['what it inherits', Object.create({ constructor: Object, inherited: 1 }) as object],
  ])('of an object with %s is left to JSON.stringify', (_what, body) => {
    expect(flatJson(body)).toBeUndefined()
  })

  test('an answer is the same by either', () => {
    for (const body of [{ id: '42' }, { id: 'ü' }, { a: { toJSON: () => 'b' } }, {}, { a: Number.POSITIVE_INFINITY }])
      expect(plainReply(body, 'GET')?.body).toBe(JSON.stringify(body))
  })
})
