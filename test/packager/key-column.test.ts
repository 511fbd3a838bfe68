import fc from 'fast-check'
import { expect, it } from 'vitest'
import { KEY_BYTES } from '../../src/packager/cache/index-file.ts'
import { KeyColumn } from '../../src/packager/cache/key-column.ts'

// Keys that begin alike share their first slots.
const key = fc
  .tuple(fc.integer({ min: 1, max: 255 }), fc.integer({ min: 0, max: 40 }))
  .map(([first, rest]) => String.fromCharCode(first) + String.fromCharCode(rest).repeat(KEY_BYTES - 1))

const step = fc.oneof(
  { weight: 6, arbitrary: key.map((append) => ({ append })) },
  { weight: 1, arbitrary: fc.nat().map((clear) => ({ clear })) },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 5 }).map((keepEvery) => ({ keepEvery })) },
)

it('finds what a list of keys would find, whatever was added, cleared and left out', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.array(key, { maxLength: 20 }), (steps, asked) => {
      const column = new KeyColumn(new Uint8Array(0))
      let list: Keys = []
      for (const one of steps) {
        list = take(one, column, list)
        const last = list.findLast((each) => each !== undefined)
        if (last !== undefined) expect(list[column.find(last) ?? -1]).toBe(last)
      }
      for (const wanted of [...asked, ...list.filter((each) => each !== undefined)]) {
        const found = column.find(wanted)
        expect(found === undefined ? undefined : list[found]).toBe(list.includes(wanted) ? wanted : undefined)
      }
      expect(column.bytes().length).toBe(list.length * KEY_BYTES)
    }),
    { seed: 4, numRuns: 150 },
  )
})

type Step = { readonly append: string } | { readonly clear: number } | { readonly keepEvery: number }
type Keys = readonly (string | undefined)[]

// The same on both; gives the new list.
function take(one: Step, column: KeyColumn, list: Keys): Keys {
  if ('append' in one) {
    expect(column.append(one.append)).toBe(list.length)
    return [...list, one.append]
  }
  if ('clear' in one) {
    if (list.length === 0) return list
    const place = one.clear % list.length
    column.clear(place)
    return list.with(place, undefined)
  }
  const left = [...list.keys()].filter((place) => place % one.keepEvery === 0)
  column.keep(left)
  return left.map((place) => list[place])
}

it('grows beyond the room that was made', () => {
  const column = new KeyColumn(new Uint8Array(0))
  const keyOf = (index: number) => String(index).padStart(KEY_BYTES, 'k')
  column.reserve(10)
  for (let index = 0; index < 5000; index++) column.append(keyOf(index))
  for (let index = 0; index < 5000; index += 7) expect(column.find(keyOf(index))).toBe(index)
  expect(column.find(keyOf(5000))).toBeUndefined()
})
