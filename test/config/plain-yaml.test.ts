import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { writeYaml } from '../../src/actions/yaml.ts'
import { YAML_SCHEMA } from '../../src/config/cloud-tags.ts'
import { readPlainYaml } from '../../src/config/plain-yaml.ts'

const SEED = 20_261_121
const root = join(import.meta.dirname, '../..')

// What the whole parser makes of a text; undefined when it refuses it.
function judge(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: load(text, { schema: YAML_SCHEMA, maxDepth: 100 }) }
  } catch {
    return undefined
  }
}

function agrees(text: string): boolean {
  const plain = readPlainYaml(Buffer.from(text))
  // Vitest takes a key named "constructor" for the type of its map.
  if (plain && !isDeepStrictEqual(plain, judge(text))) expect(plain, JSON.stringify(text)).toStrictEqual(judge(text))
  return plain !== undefined
}

const SAMPLE = `# A service
service: app # its name
provider: { name: aws, stage: "${'${opt:stage}'}", tags: {}, layers: [], list: [a, "b", 'c''d', [1, -2.5]] }

functions:
  web-1:
    handler: src/web.handler
    timeout: 10
    environment:
      URL: http://example.com:80/?a=b#c
      EMPTY:
      TEXT: |
        one

          two: # no comment
      LAST: |-
        end
      "quoted key": 'it''s'
      ESCAPED: "a\\tb\\u00fc \\"c\\""
    events:
    - http: GET /a/:id
    - http:
        path: /b/*
        method: [get, post]
    -   timer:
          every: 5m
        x-note: {a: {b: c}}
    - - nested
      -
        deep: ~
  other: null
custom:
  on: yes
  Fn::Sub: -a
  a b: 1e3x
`

const TOKENS = [
  ...[
    '\n',
    '\n  ',
    '\n    ',
    '\n      ',
    '  ',
    ' ',
    ': ',
    ':',
    '- ',
    '-',
    '# ',
    ' #',
    '#',
    ', ',
    ',',
    '[',
    ']',
    '{',
    '}',
    '{}',
    '[]',
  ],
  ...[
    '"',
    "'",
    "''",
    '\\n',
    '\\',
    '|',
    '|-',
    '|+',
    '|2',
    '>',
    '>-',
    '&a ',
    '*a',
    '!Ref ',
    '!!str ',
    '<<: ',
    '? ',
    '%',
    '@',
    '`',
    '\t',
    '\r\n',
  ],
  ...[
    '---\n',
    '...\n',
    '~',
    'null',
    'True',
    'no',
    '012',
    '0x1F',
    '1e3',
    '-0',
    '+1',
    '.5',
    '1.',
    '.inf',
    '2026-11-21',
    '__proto__: ',
    'a: ',
    'b:\n',
  ],
  ...['\u00a0', '\ufeff', '\u2028', 'ü', '😀', '\0', 'text', '${a}'],
]

describe('plain YAML', () => {
  it('is what our own files are written in', () => {
    const folders = ['test/golden', 'examples'].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => join(root, folder, name, 'serverless.yml')),
    )
    const files = folders.filter((file) => existsSync(file))
    expect(files.length).toBeGreaterThan(30)
    // What is written oddly on purpose is left to the whole parser.
    const plain = files.filter((file) => agrees(readFileSync(file, 'utf8')))
    expect(plain.length).toBeGreaterThan(files.length * 0.9)
    expect(agrees(SAMPLE)).toBe(true)
  })

  it('means what the whole parser says, whatever is changed in a file', () => {
    const edit = fc.record({
      at: fc.nat(SAMPLE.length),
      cut: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(8)),
      put: fc.oneof(fc.constantFrom(...TOKENS), fc.constantFrom(...SAMPLE.split('\n'))),
    })
    let plain = 0
    const check = fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      let text = SAMPLE
      for (const { at, cut, put } of edits) text = text.slice(0, at) + put + text.slice(at + cut)
      if (agrees(text)) plain++
    })
    fc.assert(check, { seed: SEED, numRuns: 4000 })
    expect(plain).toBeGreaterThan(500)
  })

  it('means what the whole parser says, whatever the parts are', () => {
    let plain = 0
    const check = fc.property(fc.array(fc.constantFrom(...TOKENS), { maxLength: 12 }), (tokens) => {
      if (agrees(tokens.join(''))) plain++
    })
    fc.assert(check, { seed: SEED, numRuns: 6000 })
    expect(plain).toBeGreaterThan(50)
  })

  it('is what we write', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom(...TOKENS), fc.stringMatching(/^[\w ]+(\n[\w ]+)*\n?$/))
    const tree = fc.dictionary(
      fc.stringMatching(/^[A-Za-z][\w-]{0,8}$/),
      fc.oneof(
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(text),
        fc.array(fc.dictionary(fc.stringMatching(/^[a-z]+$/), text)),
      ),
    )
    let plain = 0
    const check = fc.property(tree, (data) => {
      if (agrees(writeYaml(data).toString())) plain++
    })
    fc.assert(check, { seed: SEED, numRuns: 2000 })
    expect(plain).toBeGreaterThan(500)
  })

  it('goes no deeper than the whole parser lets it', () => {
    expect(readPlainYaml(Buffer.from(`a: ${'['.repeat(5000)}${']'.repeat(5000)}`))).toBeUndefined()
    const nested = Array.from({ length: 200 }, (_, depth) => `${' '.repeat(depth)}a:`)
    expect(readPlainYaml(Buffer.from(nested.join('\n')))).toBeUndefined()
  })
})
