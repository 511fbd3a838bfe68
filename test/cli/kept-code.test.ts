import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeFolder } from '../fixtures/remove-folder.ts'

// A package of its own with the loader in it, so that nothing of this one's kept code is touched.
let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'anyfaas-kept-'))
  mkdirSync(join(dir, 'bin'))
  cpSync(fileURLToPath(new URL('../../bin/load.js', import.meta.url)), join(dir, 'bin/load.js'))
  writeFileSync(join(dir, 'package.json'), '{"version": "1.0.0"}')
})
afterEach(() => removeFolder(dir))

describe('kept compiled code', () => {
  it('is used again', () => {
    write('a.cjs', 'exports.say = 1')
    expect(load('a.cjs')).toBe('{"say":1}')
    const before = keptFiles().map(({ ino }) => ino)
    expect(load('a.cjs')).toBe('{"say":1}')
    expect(keptFiles().map(({ ino }) => ino)).toEqual(before)
  })

  it('is done without where the system says that a folder is missing whose parent is there', () => {
    write('a.cjs', 'exports.say = 1')
    expect(load('a.cjs', 'process.env.XDG_CACHE_HOME = "/proc/cache"; ')).toBe('{"say":1}')
  })

  it('is not that of another source, though path, size and date are the same, as they are of what npm installs', () => {
    write('a.cjs', 'exports.say = 1')
    load('a.cjs')
    write('a.cjs', 'exports.say = 2')
    expect(load('a.cjs')).toBe('{"say":2}')
    expect(keptFiles()).toHaveLength(1)
  })

  it('is kept for an engine that is set up for large services, too', () => {
    write('a.cjs', 'exports.say = 1')
    load('a.cjs')
    load('a.cjs', TUNED)
    const before = keptFiles().map(({ ino }) => ino)
    expect(before).toHaveLength(2)
    load('a.cjs')
    load('a.cjs', TUNED)
    expect(keptFiles().map(({ ino }) => ino)).toEqual(before)
  })

  it('is kept of what is compiled before a large service is found, and is used again by large and small ones', () => {
    for (const [name, filler] of [
      ['large', `# ${'x'.repeat(100)}\n`.repeat(600)],
      ['small', ''],
    ] as const) {
      mkdirSync(join(dir, name))
      writeFileSync(
        join(dir, name, 'serverless.yml'),
        `${filler}service: shop\nprovider: { name: aws, runtime: nodejs }\n`,
      )
    }
    const print = (name: string): string => node(SLS, 'print', '-d', join(dir, name))
    print('large')
    const before = keptFiles(VERSION)
    expect(before.map(({ name }) => name)).toContain('dist-cli-main.cjs')
    print('large')
    expect(keptFiles(VERSION)).toEqual(before)
    print('small')
    expect(keptFiles(VERSION)).toEqual(expect.arrayContaining([...before]))
    expect(keptFiles(VERSION).length).toBeGreaterThan(before.length)
  })

  it('is kept apart for a walk over many files, which is set up otherwise, and is used again', () => {
    mkdirSync(join(dir, 'shop'))
    write(
      'shop/serverless.yml',
      'service: shop\nprovider: { name: aws, runtime: nodejs20 }\nfunctions: { a: { handler: a.a } }\n',
    )
    write('shop/a.js', 'exports.a = 1')
    const pack = (): string => node(SLS, 'package', '-d', join(dir, 'shop'), '--provider', 'aws')
    pack()
    const before = keptFiles(VERSION)
    expect(before.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['dist-cli-main.cjs', 'dist-actions-package.cjs-walks']),
    )
    pack()
    expect(keptFiles(VERSION)).toEqual(before)
  })

  it('is used again after a walk that started threads, which set nothing up otherwise', () => {
    mkdirSync(join(dir, 'many/data'), { recursive: true })
    const file = 'service: many\nprovider: { name: aws, runtime: nodejs20 }\nfunctions: { a: { handler: a.a } }\n'
    write('many/serverless.yml', file)
    write('many/a.js', 'exports.a = 1')
    for (let index = 0; index < 500; index++) write(`many/data/${index}.txt`, `${index}`)
    const pack = (): string => node(SLS, 'package', '-d', join(dir, 'many'), '--provider', 'aws')
    pack()
    const before = keptFiles(VERSION)
    rmSync(join(dir, 'many/.sls'), { recursive: true })
    pack()
    expect(keptFiles(VERSION)).toEqual(before)
    pack()
    expect(keptFiles(VERSION)).toEqual(before)
  })

  it('is kept of all files, though the path of one makes no name', () => {
    const long = `${'x'.repeat(150)}/${'y'.repeat(150)}`
    mkdirSync(join(dir, long), { recursive: true })
    write(`${long}/a.cjs`, 'exports.say = require("../../b.cjs").say')
    write('b.cjs', 'exports.say = 3')
    expect(load(`${long}/a.cjs`)).toBe('{"say":3}')
    expect(keptFiles()).toHaveLength(2)
  })

  it('leaves nothing half loaded of a file that throws', () => {
    write('a.cjs', 'exports.half = true; throw new Error("no")')
    const code = `const { load } = require(${JSON.stringify(join(dir, 'bin/load.js'))})
      for (const _ of [1, 2]) try { console.log(load(${JSON.stringify(join(dir, 'a.cjs'))})) } catch ({ message }) { console.log(message) }`
    expect(node('-e', code)).toBe('no\nno\n')
  })
})

const SLS = fileURLToPath(new URL('../../bin/sls.js', import.meta.url))
const VERSION: string = createRequire(import.meta.url)('../../package.json').version
const TUNED =
  "require('node:v8').setFlagsFromString('--interrupt-budget=4000000');globalThis[Symbol.for('anyfaas.tuned')]='tuned';"

function write(name: string, text: string): void {
  writeFileSync(join(dir, name), text)
  utimesSync(join(dir, name), 499162500, 499162500)
}

function load(name: string, before = ''): string {
  const [loader, file] = [join(dir, 'bin/load.js'), join(dir, name)].map((path) => JSON.stringify(path))
  return node('-e', `${before}process.stdout.write(JSON.stringify(require(${loader}).load(${file})))`)
}

function node(...args: readonly string[]): string {
  return execFileSync(process.execPath, args, {
    env: { HOME: dir, XDG_CACHE_HOME: join(dir, 'cache') },
    encoding: 'utf8',
    timeout: 20_000,
    killSignal: 'SIGKILL',
  })
}

function keptFiles(version = '1.0.0'): { readonly name: string; readonly ino: number }[] {
  const kept = join(dir, 'cache/anyfaas', `code-${version}-${process.version}`)
  return readdirSync(kept).map((name) => ({ name, ino: statSync(join(kept, name)).ino }))
}
