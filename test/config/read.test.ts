import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import { describe, expect, it } from 'vitest'
import { loadService } from '../../src/config/load.ts'
import { folderOf, load, mistakesOf, serviceOf } from './files.ts'

describe('finding the file', () => {
  it('takes the first of the usual names', async () => {
    const files = {
      'f.yml': 'service: older',
      'serverless.json': '{"service": "json"}',
      'serverless.yaml': 'service: yaml',
    }
    expect((await serviceOf(files)).name).toBe('yaml')
  })

  it('understands the older name', async () => {
    expect((await serviceOf({ 'f.yml': 'service: older' })).name).toBe('older')
  })

  it('takes the one that is named', async () => {
    expect(
      (await serviceOf({ 'serverless.yml': 'service: a', 'other.yml': 'service: b' }, { file: 'other.yml' })).name,
    ).toBe('b')
  })

  it.each([
    ['nothing there', {}, undefined, /^SLS1001 error no service file/],
    ['a name that is not there', { 'serverless.yml': 'service: a' }, 'b.yml', /^SLS1001 error no file "b.yml"/],
  ])('says so: %s', async (_, files, file, expected) => {
    expect((await mistakesOf(files, file ? { file } : {}))[0]).toMatch(expected)
  })

  it('says so when the folder is not there', async () => {
    await expect(loadService({ dir: '/no/such/folder', env: {} })).rejects.toThrow(
      'SLS1001: no folder "/no/such/folder"',
    )
  })
})

describe('programs as service files', () => {
  it('loads TypeScript with an import of its own', async () => {
    const files = {
      'serverless.ts':
        "import { defineService } from 'anyfaas'\nimport { name } from './name.ts'\nexport default defineService({ service: name as string, functions: { a: { events: ['http'] } } })",
      'name.ts': "export const name: string = 'typed'",
    }
    const service = await serviceOf(files)
    expect([service.name, service.functions[0]?.name]).toEqual(['typed', 'a'])
  })

  it('calls a function, which may be asynchronous', async () => {
    expect((await serviceOf({ 'serverless.mjs': "export default async () => ({ service: 'later' })" })).name).toBe(
      'later',
    )
  })

  it.each([
    ['a syntax error', 'export default {', /end of file \(serverless.js:1:17\)/],
    ['an error of its own', "throw new Error('no luck')", /failed: no luck/],
    ['no default export', 'export const a = 1', /its default export has to be the service/],
    ['something that is not data', "export default { service: 'a', custom: { f() {} } }", /"f" is not data/],
    ['a circle', 'const a = { service: "a" }; a.custom = a; export default a', /circular/],
  ])('says what is wrong: %s', async (_, text, expected) => {
    const [first] = await mistakesOf({ 'serverless.js': text, 'package.json': '{"type":"module"}' })
    expect(first).toMatch(/^SLS1014 error/)
    expect(first).toMatch(expected)
  })

  it('checks what they give as any other file', async () => {
    expect(await mistakesOf({ 'serverless.mjs': "export default { service: 'a', functons: {} }" })).toContainEqual(
      expect.stringMatching(/^SLS1002 error unknown key "functons"/),
    )
  })
})

describe('bad files', () => {
  it.each([
    ['broken YAML', 'service: a\nfunctions: [', /^SLS1011 error/],
    ['a tab', 'service: a\nfunctions:\n\ta: {}', /^SLS1011 error .*tab/],
    [
      'an unquoted alias',
      'service: a\nfunctions: { a: { events: [ { http: { path: *x } } ] } }',
      /^SLS1011 error .*alias/,
    ],
    ['two documents', 'service: a\n---\nservice: b', /^SLS1011 error .*one YAML document/],
    ['a list', '- a', /^SLS1003 error a service file is a map/],
    ['a text', 'hello', /^SLS1003 error a service file is a map/],
    ['nothing', '', /^SLS1003 error the service file is empty/],
    ['comments only', '# hello\n', /^SLS1003 error the service file is empty/],
    ['depth', `service: a\ncustom: ${'['.repeat(5000)}`, /^SLS1013 error/],
    ['a BOM and a mistake', '\uFEFFservice: a\nfuncs: 1', /^SLS1002 error unknown key "funcs" @funcs/],
  ])('says what is wrong: %s', async (_, text, expected) => {
    expect((await mistakesOf(text))[0]).toMatch(expected)
  })

  it('tells every duplicate key', async () => {
    expect(await mistakesOf('service: a\nfunctions:\n  a: {}\n  a: {}\nservice: b\n')).toEqual([
      'SLS1012 error "a" is there twice @a',
      'SLS1012 error "service" is there twice @service',
    ])
  })

  it.each([
    ['NUL bytes', Buffer.from('service: a\0b')],
    ['random bytes', Buffer.from([0xff, 0xfe, 0x80, 0x81, 0xc0])],
    ['half a character', Buffer.concat([Buffer.from('service: "'), Buffer.from([0xe4, 0xbd])])],
  ])('refuses what is not text: %s', async (_, bytes) => {
    expect((await mistakesOf({ 'serverless.yml': bytes }))[0]).toMatch(
      /^SLS1010 error cannot read "serverless.yml": it is not/,
    )
  })

  it('refuses a folder', async () => {
    const dir = folderOf({})
    mkdirSync(join(dir, 'serverless.yml'))
    await expect(loadService({ dir, env: {} })).rejects.toThrow('it is a folder')
  })

  it('survives aliases that unfold to 10^9 values', async () => {
    const lines = ['service: a', 'custom:', '  a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let level = 1; level < 9; level++)
      lines.push(
        `  a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      )
    expect((await mistakesOf(lines.join('\n')))[0]).toMatch(/^SLS1013 error the file unfolds/)
  })

  it('survives merges that unfold without end', async () => {
    const lines = [
      'service: a',
      'custom:',
      `  m0: &m0 { ${Array.from({ length: 50 }, (_, i) => `k${i}: 1`).join(', ')} }`,
    ]
    for (let level = 1; level < 30; level++)
      lines.push(
        `  m${level}: &m${level} { <<: [${Array(50)
          .fill(`*m${level - 1}`)
          .join(', ')}], n${level}: 1 }`,
      )
    const found = await mistakesOf(lines.join('\n'))
    expect(found[0] ?? 'SLS1013').toMatch(/^SLS10/)
  })

  it('reads 10 MB', async () => {
    const big = `service: a\ncustom:\n${Array.from({ length: 200_000 }, (_, i) => `  key${i}: "a value of some fifty characters, number ${i}"\n`).join('')}`
    expect(big.length).toBeGreaterThan(10_000_000)
    expect((await load(big)).service.name).toBe('a')
  })

  it('tells a hundred mistakes of a file that has more, quickly', async () => {
    const began = performance.now()
    const found = await mistakesOf(`service: a\n${Array.from({ length: 50_000 }, (_, i) => `k${i}: 1\n`).join('')}`)
    expect(found.filter((one) => one.startsWith('SLS1002'))).toHaveLength(100)
    expect(found).toContainEqual(expect.stringContaining('and 49900 more mistakes'))
    expect(performance.now() - began).toBeLessThan(10_000)
  })

  it('keeps __proto__ a key', async () => {
    const text =
      'service: a\n__proto__: { polluted: 1 }\nfunctions: { f: { __proto__: { timeout: 1 } } }\ncustom: { __proto__: { x: 1 }, constructor: { prototype: { y: 1 } } }'
    expect(await mistakesOf(text)).toEqual([
      'SLS1002 error unknown key "__proto__" @__proto__',
      'SLS1002 error unknown key "__proto__" in "f" @__proto__',
      'SLS1002 error unknown key "__proto__" in "custom" @__proto__',
    ])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('throws nothing but an SlsError', async () => {
    await load('service: [').catch((error: unknown) => expect(isSlsError(error)).toBe(true))
  })
})
