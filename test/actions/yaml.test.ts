import fc from 'fast-check'
import { CORE_SCHEMA, dump, load, YAML11_SCHEMA } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { writeYaml } from '../../src/actions/yaml.ts'

const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  'js-yaml, 1.2': (text) => load(text, { schema: CORE_SCHEMA }),
  'js-yaml, 1.1': (text) => load(text, { schema: YAML11_SCHEMA }),
  'yaml, 1.2': (text) => parse(text, { version: '1.2' }),
  'yaml, 1.1': (text) => parse(text, { version: '1.1' }),
}

// What one reader or another takes for something else, and what the grammar gives a meaning.
const WORDS = [
  ...['', ' ', '\n', '\t', '\r\n', '~', '<<', '=', 'null', 'Null', 'yes', 'NO', 'y', 'N', 'on', 'Off', 'true', 'FALSE'],
  ...[
    '0',
    '-0',
    '012',
    '0o17',
    '0x1F',
    '0b11',
    '1_000',
    '12:30',
    '12:30:45.5',
    '1.5',
    '.5',
    '1.',
    '1e3',
    '1e-3',
    '.inf',
  ],
  ...['-.INF', '.nan', '.', '+', '-', '--', '---', '...', '2026-11-21', '2026-11-21T07:00:00Z', '2026-1-1 7:00:00'],
  ...[
    '- a',
    '-a',
    '? a',
    '?a',
    ': a',
    ':a',
    'a:',
    'a: b',
    'a:b',
    'a #b',
    'a#b',
    '#a',
    '&a',
    '*a',
    '!a',
    '!!str a',
    '|',
    '>-',
  ],
  ...["'", '"', "it's", '%a', '@a', '`a`', '[a]', '{a}', ', a', 'a, b', '${a}', '\\', '\\n', 'a\\'],
  ...[
    '\0',
    '\x07',
    '\x1b',
    '\x7f',
    '\x85',
    '\xa0',
    '\u2028',
    '\u2029',
    '\ufeff',
    '\ufffe',
    '\ud800',
    '\udc00',
    '😀',
    'ü',
    '你好',
  ],
]
const word = fc.constantFrom(...WORDS)
const text = fc.oneof(
  word,
  fc.array(word, { maxLength: 4 }).map((words) => words.join('')),
  fc.array(fc.oneof(word, fc.string({ maxLength: 6 })), { maxLength: 4 }).map((lines) => lines.join('\n')),
  fc.string({ unit: 'binary', maxLength: 20 }),
)
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      tie('tree'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
}))

describe('the text of a spec', () => {
  it.each(Object.keys(READERS))('is read as the same data by %s', (name) => {
    const read = READERS[name] as (text: string) => unknown
    const check = fc.property(tree, (data) => {
      expect(read(writeYaml(data).toString())).toStrictEqual(data)
    })
    fc.assert(check, { seed: 20_261_121, numRuns: 3000 })
  })

  it('is one text for one data', () => {
    const data = { b: [{ c: 1, d: [] }, [['x'], {}], 'a\n\nb\n'], a: undefined, '': 'it: is' }
    expect(writeYaml(data).toString()).toBe(
      `b:\n  - c: 1\n    d: []\n  - - - x\n    - {}\n  - |\n    a\n\n    b\n'': 'it: is'\n`,
    )
  })

  it('is put together of parts wherever these end', () => {
    const long = (count: number): Record<string, unknown> =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`key-${index}`, { a: index, none: {}, list: [] }]),
      )
    const data = { none: {}, first: long(1400), items: [[], {}, { b: long(1500) }, []], flat: {}, last: long(30) }
    for (const count of [681, 682, 683]) {
      const whole = { ...data, again: long(count), end: {} }
      expect(load(writeYaml(whole).toString())).toStrictEqual(whole)
    }
  })

  it('bears keys of any length', () => {
    const data = { [`${'long '.repeat(300)}end`]: { [`'${'x'.repeat(1025)}`]: [1] } }
    for (const read of Object.values(READERS)) expect(read(writeYaml(data).toString())).toStrictEqual(data)
  })

  it('is what a well-kept writer makes of ordinary data', () => {
    const ordinary = fc.dictionary(
      fc.stringMatching(/^[A-Za-z][\w.-]{0,9}$/),
      fc.oneof(word, fc.string()).filter((value) => /^[ -~]+$/.test(value) && !/^\W+$/.test(value)),
    )
    const check = fc.property(ordinary, (data) => {
      expect(writeYaml(data).toString()).toBe(dump(data, { noRefs: true, lineWidth: -1 }))
    })
    fc.assert(check, { seed: 20_261_121, numRuns: 200 })
  })
})
