import { isSlsError } from '@anyfaas/kit'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkForm } from '../../src/config/forms.ts'
import { schema } from '../../src/config/schema.gen.ts'
import type { Form } from '../../src/config/schema.ts'
import { validate } from '../../src/config/validate.ts'
import { load } from './files.ts'

const SEED = 20_260

// A file that names most of the format: what the mutations start from.
const SAMPLE = `service: app
provider: { name: aws, region: r, stage: dev, timeout: 3, environment: { A: 1 } }
functions:
  web: { handler: a.b, events: [ { http: { path: /a, method: get } }, { timer: { every: 5m } } ] }
  job: { runtime: custom, custom: { command: [./x] }, layers: [l] }
aggregation: { all: { functionsPattern: ["*"] } }
layers: { l: { path: ./l } }
package: { include: [a] }
domain: x.com
custom: { a: "\${self:service}", b: "\${env:B, 'c'}" }
stages: { prod: { provider: { region: q } } }
params: { default: { p: 1 } }
`

const WORDS = [
  '${',
  '}',
  '${self:custom}',
  '${env:X}',
  '${file(a.yml)}',
  '${opt:',
  ': ',
  '- ',
  '\n',
  '  ',
  '\t',
  '&a ',
  '*a',
  '<<: ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '#',
  '|',
  '>',
  '!!js/function',
  '__proto__: ',
  'null',
  '~',
  '%',
  '@',
  '\0',
  '\uFFFD',
  '\u2028',
  '😀',
  '0x',
  '1e999',
  '.inf',
  '---\n',
]

describe('any text', () => {
  const mutation = fc.record({
    at: fc.nat(SAMPLE.length),
    cut: fc.nat(12),
    put: fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary', maxLength: 6 })),
  })

  it('is loaded or refused with diagnostics, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 5 }), async (mutations) => {
        let text = SAMPLE
        for (const { at, cut, put } of mutations) text = text.slice(0, at) + put + text.slice(at + cut)
        await load(text).catch(expectDiagnostics)
      }),
      { seed: SEED, numRuns: 1500 },
    )
  })

  it('has spans inside itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        let text = SAMPLE
        for (const { at, cut, put } of mutations) text = text.slice(0, at) + put + text.slice(at + cut)
        const error: unknown = await load(text).catch((cause: unknown) => cause)
        if (!isSlsError(error)) return
        for (const { at } of error.diagnostics) {
          if (!at) continue
          expect(at.start).toBeGreaterThanOrEqual(0)
          expect(at.end).toBeGreaterThanOrEqual(at.start)
          expect(at.end).toBeLessThanOrEqual(text.length)
        }
      }),
      { seed: SEED + 1, numRuns: 500 },
    )
  })
})

describe('any tree', () => {
  const key = fc.constantFrom(
    'service',
    'provider',
    'functions',
    'events',
    'http',
    'timer',
    'path',
    'cron',
    'every',
    'environment',
    'name',
    'aggregation',
    'package',
    'layers',
    'domain',
    'stages',
    'custom',
    'container',
    'overrides',
    'x-a',
    '__proto__',
    'constructor',
    'nope',
  )
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(
        null,
        true,
        1,
        -1,
        1e9,
        '',
        'a',
        'GET /a',
        '5m',
        '* * * * *',
        '${env:X, 1}',
        '${self:functions}',
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }))

  it('is loaded or refused with diagnostics, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, tree.value as fc.Arbitrary<unknown>, { maxKeys: 8 }), async (value) => {
        await load({ 'serverless.json': JSON.stringify({ service: 'a', ...value }) }).catch(expectDiagnostics)
      }),
      { seed: SEED + 2, numRuns: 1500 },
    )
  })

  it('is judged as ajv judges it by the same schema', () => {
    const ajv = new Ajv({ allErrors: true, strict: false, formats: {} })
    ajv.addKeyword({
      keyword: 'form',
      type: 'string',
      validate: (form: Form, text: string) => checkForm(form, text) === undefined,
    })
    for (const word of ['patternWords', 'secret']) ajv.addKeyword(word)
    const judge = ajv.compile(schema)
    fc.assert(
      fc.property(fc.dictionary(key, tree.value as fc.Arbitrary<unknown>, { maxKeys: 8 }), (value) => {
        // Our reader leaves out what ajv has no word for: absent keys that are null, and x- keys.
        const given = prune({ service: 'a', ...value }) as Record<string, unknown>
        const ours = validate(structuredClone(given), '', { schema, soft: new Set() }).length === 0
        expect({ given, valid: ours }).toEqual({ given, valid: judge(given) })
      }),
      { seed: SEED + 3, numRuns: 3000 },
    )
  })
})

function expectDiagnostics(error: unknown): void {
  if (!isSlsError(error)) throw error
  expect(error.diagnostics.length).toBeGreaterThan(0)
}

function prune(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => prune(item) ?? 'null')
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === null || key.startsWith('x-') || key === '__proto__' ? [] : [[key, prune(item)]],
    ),
  )
}
