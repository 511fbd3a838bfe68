import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Fn } from '../../src/kit/src/index.ts'
import { type Launch, launch } from '../../src/packager/launch.ts'
import { makeAggregate } from '../fixtures/service.ts'
import { customOf, fnOf, type Given, mistakesOf, type Project, serviceOf, useProjects } from './project.ts'

const project = useProjects()

function start(made: Project, fn: Fn = fnOf('login'), bundle?: boolean): Promise<Launch> {
  const service = serviceOf([fn], bundle === undefined ? {} : { bundle })
  const { dir, runtimeEntry } = made
  return launch({ service, fn, serviceDir: dir, providerName: 'test', runtimeEntry, cacheDir: join(dir, '.sls/run') })
}

async function run(path: string | undefined, expression: string): Promise<string> {
  const script = `import(${JSON.stringify(pathToFileURL(path ?? '').href)}).then(async (m) => console.log(${expression}))`
  return execFileSync(process.execPath, ['--no-warnings', '--enable-source-maps', '-e', script], {
    encoding: 'utf8',
  }).trim()
}

describe('launching JavaScript', () => {
  it('runs its own files, and nothing is written', async () => {
    const made = project({ 'login.js': 'exports.handler = 1', 'src/start.mjs': 'export const up = 1' })
    const ready = await start(made, fnOf('login', { initializer: 'start.up' }))
    expect(ready).toMatchObject({
      runtime: fileURLToPath(made.runtimeEntry),
      cwd: made.dir,
      modules: { login: { handler: join(made.dir, 'login.js'), initializer: join(made.dir, 'src/start.mjs') } },
      manifest: { function: 'login', provider: 'test', members: [{ handler: 'handler', initializer: 'up' }] },
    })
    expect(existsSync(join(made.dir, '.sls'))).toBe(false)
  })

  it('does not load the bundler', async () => {
    const script = await bundledLaunch()
    const loads = (made: Project) => {
      const query = JSON.stringify([made.dir, made.runtimeEntry.href, serviceOf([fnOf('login')])])
      const args = ['--input-type=module', '-e', `${script}\nawait ready(${query})`]
      return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()
    }
    expect(loads(project({ 'login.js': 'exports.handler = 1' }))).toBe('false')
    expect(loads(project({ 'login.ts': 'export const handler = 1' }))).toBe('true')
  })

  it('bundles it when the file asks for that, also several times at once', async () => {
    const made = project({ 'login.js': "exports.handler = require('./a').a", 'a.ts': 'export const a: number = 1' })
    const all = await Promise.all(Array.from({ length: 5 }, () => start(made, fnOf('login'), true)))
    const modules = all[0]?.modules ?? {}
    expect(await run(modules['login']?.handler, 'm.handler')).toBe('1')
  })
})

describe('launching TypeScript', () => {
  const FILES = {
    'src/login.ts':
      "import { text } from 'dep'\nimport { deep } from './deep'\nexport const handler = () => deep(text)\n",
    'src/deep.ts':
      'export const deep = (text: string) => {\n  if (text === "dep") throw new Error(text)\n  return text\n}\n',
    'node_modules/dep/package.json': '{"main":"index.js"}',
    'node_modules/dep/index.js': 'exports.text = "dep"',
  }

  it('leaves packages where they are, and its source map leads to the sources', async () => {
    const made = project(FILES)
    const { modules } = await start(made)
    const handler = modules['login']?.handler ?? ''
    expect(readFileSync(handler, 'utf8')).toContain('require("dep")')
    const map = JSON.parse(readFileSync(`${handler}.map`, 'utf8')) as { sources: string[] }
    const sources = map.sources.map((source) => resolve(dirname(handler), source))
    expect(sources.sort()).toEqual([join(made.dir, 'src/deep.ts'), join(made.dir, 'src/login.ts')])
    expect(await run(handler, '(() => { try { m.handler() } catch (e) { return e.stack } })()')).toContain(
      `${join(made.dir, 'src/deep.ts')}:2:`,
    )
  })

  it('runs as the module system that the source is written for', async () => {
    const esm = {
      ...FILES,
      'package.json': '{"type":"module"}',
      'src/login.ts':
        "import only from 'only'\nawait null\nexport const handler = () => [only, typeof require, import.meta.url]\n",
      'node_modules/only/package.json': '{"type":"module","exports":"./index.js"}',
      'node_modules/only/index.js': 'export default "esm only"',
    }
    const { modules } = await start(project(esm))
    expect(modules['login']?.handler).toMatch(/\.mjs$/)
    expect(await run(modules['login']?.handler, 'm.handler()[0]')).toBe('esm only')
    const cjs = {
      ...esm,
      'package.json': '{}',
      'src/login.ts': "import only from 'only'\nexport const handler = () => only",
    }
    const other = await start(project(cjs))
    expect(await run(other.modules['login']?.handler, 'm.handler()')).toBe('esm only')
  })

  it('shares what members share', async () => {
    const made = project({
      'n.ts': 'let n = 0\nexport const next = () => ++n',
      'a.ts': "import { next } from './n'\nexport const handler = () => next()",
      'b.ts': "import { next } from './n'\nexport const up = () => next()",
    })
    const { modules } = await start(
      made,
      makeAggregate('all', [fnOf('a', { initializer: 'b.up' }), fnOf('c', { handler: 'b.up' })]),
    )
    expect(Object.keys(modules)).toEqual(['a', 'c'])
    const other = JSON.stringify(modules['a']?.initializer)
    expect(await run(modules['a']?.handler, `[require(${other}).up(), m.handler()].join()`)).toBe('1,2')
    expect(modules['c']?.handler).toBe(modules['a']?.initializer)
  })

  it('bundles linked sources of the project, and finds their packages', async () => {
    const made = project({
      ...FILES,
      'src/login.ts': "import { lib } from 'lib'\nexport const handler = () => lib",
      'packages/lib/package.json': '{"main":"index.ts"}',
      'packages/lib/index.ts': "import { text } from 'dep'\nexport const lib: string = text",
      'packages/lib/node_modules/dep/package.json': '{"main":"index.js"}',
      'packages/lib/node_modules/dep/index.js': 'exports.text = "nested"',
      'node_modules/lib': { link: '../packages/lib' },
    })
    const { modules } = await start(made)
    expect(await run(modules['login']?.handler, 'm.handler()')).toBe('nested')
  })

  it('is not done again when nothing has changed, and is when anything has', async () => {
    const made = project({
      ...FILES,
      'tsconfig.json': '{ "extends": "./base" }',
      'base.json': '{}',
      'package.json': '{}',
    })
    const built = async () => {
      const { modules } = await start(made)
      const path = modules['login']?.handler ?? ''
      const before = statSync(path).ino
      await start(made)
      return { path, again: statSync(path).ino !== before }
    }
    await start(made)
    age(made)
    await start(made)
    expect((await built()).again).toBe(false)
    const changes: Record<string, Given>[] = [
      { 'src/deep.ts': 'export const deep = () => "changed"' },
      { 'src/deep/index.ts': '' },
      { 'base.json': '{"compilerOptions":{"jsx":"react"}}' },
      { 'package.json': '{"name":"x"}' },
      { '../tsconfig.json': '{}' },
    ]
    for (const change of changes) {
      age(made)
      await start(made)
      const { path } = await built()
      const before = statSync(path).ino
      made.write(change)
      await start(made)
      expect([Object.keys(change), statSync(path).ino !== before]).toEqual([Object.keys(change), true])
    }
  })

  it('lets code believe that it is in its source', async () => {
    const text = (url: string) => `export const handler = () => [__dirname, __filename, ${url}].join()`
    for (const type of ['module', 'commonjs']) {
      const files = {
        'package.json': JSON.stringify({ type }),
        'src/login.ts': text('import.meta.url'),
        'src/b.ts': text('import.meta.dirname'),
      }
      const made = project(files)
      const { modules } = await start(made, fnOf('login', { initializer: 'b.handler' }))
      const source = join(made.dir, 'src')
      const name = join(source, type === 'module' ? 'login.mjs' : 'login.cjs')
      expect(await run(modules['login']?.handler, 'm.handler()')).toBe([source, name, pathToFileURL(name).href].join())
      expect(await run(modules['login']?.initializer, 'm.handler().split(",").at(-1)')).toBe(source)
    }
  })

  it('throws away the chunks of yesterday', async () => {
    const made = project({
      'a.ts': "export * from './n'\nexport const handler = 1",
      'b.ts': "export * from './n'",
      'n.ts': 'export const n = 1',
    })
    const fn = fnOf('a', { initializer: 'b.n' })
    for (let time = 0; time < 2; time++) {
      age(made)
      await start(made, fn)
    }
    const chunks = join(made.dir, '.sls/run/a/cjs/sls_chunks')
    const old = readdirSync(chunks)
    for (const name of old) utimesSync(join(chunks, name), 0, 0)
    await start(made, fn)
    expect(readdirSync(chunks)).toEqual(old)
    made.write({ 'n.ts': 'export const n = 2' })
    await start(made, fn)
    expect(readdirSync(chunks).filter((name) => old.includes(name))).toEqual([])
    expect(readdirSync(chunks)).toHaveLength(2)
  })

  it('is refused with every mistake at its place', async () => {
    const made = project({ 'login.ts': 'import "./gone"\nexport const handler = 1' })
    expect(await mistakesOf(start(made))).toMatchObject([
      { code: 'SLS4002', at: { file: join(made.dir, 'login.ts'), start: 7, end: 15 } },
    ])
    expect(await mistakesOf(start(made, fnOf('nowhere')))).toMatchObject([{ code: 'SLS4001' }])
    expect(await mistakesOf(start(made, customOf('web')))).toMatchObject([
      { code: 'SLS4007', pointer: '/functions/web' },
    ])
    expect(await mistakesOf(start(made, fnOf('py', { runtime: 'python3.12' })))).toMatchObject([{ code: 'SLS4007' }])
  })
})

// A build right after a change is not remembered, so everything gets older first.
function age({ dir }: Project): void {
  execFileSync('find', [dir, '-not', '-path', '*/.sls/*', '-exec', 'touch', '-h', '-d', '1 hour ago', '{}', '+'])
}

// The launcher as the command line has it: one file, with esbuild beside it. It says whether esbuild was loaded.
async function bundledLaunch(): Promise<string> {
  const { build } = await import('esbuild')
  const contents = `
    import { createRequire } from 'node:module'
    import { launch } from '../../src/packager/launch.ts'
    export const ready = async ([serviceDir, runtimeEntry, service]) => {
      await launch({ service, fn: service.functions[0], serviceDir, providerName: 'test', runtimeEntry: new URL(runtimeEntry), cacheDir: serviceDir + '/.sls/run' })
      const require = createRequire(${JSON.stringify(import.meta.url)})
      console.log(require.resolve('esbuild') in require.cache)
    }`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    ...{
      write: false,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['esbuild'],
      conditions: ['@anyfaas/source'],
    },
  })
  return (outputFiles[0]?.text ?? '').replace(/export \{\s*ready\s*\};?/, '')
}
