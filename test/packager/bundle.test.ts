import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PackageOptions, Service } from '../../src/kit/src/index.ts'
import { makeAggregate } from '../fixtures/service.ts'
import { fnOf, mistakesOf, type Project, packProject, read, serviceOf, useProjects } from './project.ts'
import { readZip, unpack } from './unzip.ts'

const project = useProjects()

interface Unpacked {
  readonly dir: string
  readonly names: readonly string[]
  /** Calls the handler of a deployed function. */
  call(fn: string, event?: unknown): Promise<unknown>
}

async function packed(made: Project, service: Service): Promise<Unpacked> {
  await packProject(made, service)
  const zip = join(made.outDir, 'shop.zip')
  const dir = await unpack(zip, join(made.outDir, 'unpacked'))
  const require = createRequire(join(dir, 'x.js'))
  const call = (fn: string, event: unknown = {}) => require(`./sls_${fn}.js`).handler(event)
  return { dir, names: [...(await readZip(zip)).keys()], call }
}

function one(options: Partial<PackageOptions> = {}): Service {
  return serviceOf([fnOf('login')], options)
}

describe('bundling', () => {
  it('makes TypeScript run from the zip, with a source map beside it', async () => {
    const made = project({
      'src/login.ts':
        "import { greet } from './greet.ts'\nexport const handler = async (event: { name: string }) => greet(event.name)\n",
      'src/greet.ts':
        'export const greet = (name: string): string => {\n  if (!name) throw new Error("who?")\n  return `hello ${name}`\n}\n',
    })
    const { dir, names, call } = await packed(made, one())
    expect(names).toEqual(['sls_login.js', 'sls_runtime.js', 'src/login.js', 'src/login.js.map'])
    expect(await call('login', { name: 'you' })).toBe('hello you')
    const script = 'require("./sls_login.js").handler({}).catch((error) => console.log(error.stack))'
    const stack = execFileSync(process.execPath, ['--enable-source-maps', '-e', script], { cwd: dir, encoding: 'utf8' })
    expect(stack).toContain(`at greet (${join(dir, 'src/greet.ts')}:2:20)`)
  })

  it('has one instance of what functions share, and loads a function only when it is called', async () => {
    const counter = 'let n = 0\nexport const next = () => ++n\n'
    const made = project({
      'counter.ts': counter,
      'a.ts': "import { next } from './counter'\nexport const handler = () => next()\n",
      'b.ts': "import { next } from './counter'\nexport const setUp = () => { next() }\n",
      'c.ts': 'throw new Error("c is broken")\nexport const handler = () => 1\n',
    })
    const members = [fnOf('a', { initializer: 'b.setUp' }), fnOf('b', { handler: 'a.handler' }), fnOf('c')]
    const { call, names } = await packed(made, serviceOf([makeAggregate('all', members)]))
    expect(names.filter((name) => name.startsWith('sls_chunks/') && name.endsWith('.js'))).toHaveLength(1)
    expect(await call('all', { member: 'a' })).toBe(2)
    expect(await call('all', { member: 'b' })).toBe(3)
    await expect(call('all', { member: 'c' })).rejects.toThrow('c is broken')
  })

  it('keeps import() lazy, with the default export where it belongs', async () => {
    const made = project({
      'login.ts':
        "export const handler = async () => { const m = await import('./lazy.ts'); return [m.default, m.named] }",
      'other.ts': "import './lazy.ts'\nexport const handler = () => 1",
      'lazy.ts': "export default 'd'\nexport const named = 'n'",
    })
    const { call } = await packed(made, serviceOf([fnOf('login'), fnOf('other')]))
    expect(await call('login')).toEqual(['d', 'n'])
  })

  it('knows the words of the other module system', async () => {
    const words = [
      "import { readFileSync } from 'node:fs'",
      "import { createRequire } from 'node:module'",
      "import { dirname, join } from 'node:path'",
      "import { fileURLToPath } from 'node:url'",
      'const require = createRequire(import.meta.url)',
      'const __dirname = dirname(fileURLToPath(import.meta.url))',
      "import { below } from 'old'",
      "export const handler = () => [readFileSync(join(__dirname, 'page.html'), 'utf8'), require('node:os').EOL, below()]",
    ]
    const files = {
      'package.json': '{"type":"module"}',
      'src/login.js': words.join('\n'),
      'src/page.html': '<p>',
      'node_modules/old/package.json': '{"main":"index.js"}',
      'node_modules/old/index.js': "const { basename } = require('path'); exports.below = () => basename(__dirname)",
    }
    for (const format of ['cjs', 'esm'] as const) {
      const { call, names } = await packed(project(files), one({ patterns: ['**/*.html'], bundle: { format } }))
      expect(names).toContain(format === 'esm' ? 'src/login.mjs' : 'src/login.js')
      expect(await call('login')).toEqual(['<p>', '\n', 'src'])
    }
  })

  it('takes tsconfig paths, decorators and JSX as the project has them', async () => {
    const made = project({
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          experimentalDecorators: true,
          paths: { '@app/*': ['./app/*'] },
          jsx: 'react',
          jsxFactory: 'h',
        },
      }),
      'app/tags.ts': 'export const h = (tag: string, _: unknown, child: string) => `<${tag}>${child}</${tag}>`',
      'login.tsx': [
        "import { h } from '@app/tags'",
        'const named = (name: string) => (target: any) => { target.title = name }',
        "@named('Page') class Page { static title: string }",
        'export const handler = () => <b>{Page.title}</b>',
      ].join('\n'),
    })
    expect(await (await packed(made, one())).call('login')).toBe('<b>Page</b>')
  })

  it('finds default exports and reaches into objects', async () => {
    const made = project({
      'login.ts': 'export default { fetch: () => "fetched" }',
      'api.ts': 'export const detail = { handler: () => "detail" }',
    })
    const service = serviceOf([
      fnOf('login', { handler: 'login.default.fetch' }),
      fnOf('api', { handler: 'api.detail.handler' }),
    ])
    const { call } = await packed(made, service)
    expect([await call('login'), await call('api')]).toEqual(['fetched', 'detail'])
  })

  it('leaves no source map on demand, and keeps class names when it minifies', async () => {
    const made = project({
      'login.ts': 'class Account {}\nexport const handler = () => new Account().constructor.name',
    })
    const { names, call, dir } = await packed(made, one({ bundle: { minify: true, sourcemap: false } }))
    expect(names).toEqual(['login.js', 'sls_login.js', 'sls_runtime.js'])
    expect(await call('login')).toBe('Account')
    expect(read(join(dir, 'login.js'))).not.toContain('sourceMappingURL')
  })

  it.each([{}, { format: 'esm' }, { minify: true }, { minify: true, format: 'esm' }] as const)(
    'keeps the names of decorated classes, of which injectors know them: %j',
    async (bundle) => {
      const decorated = (more: string) =>
        `const any = (...args: unknown[]): any => {}\n@any export class Service { ${more} }\nexport class Plain {}`
      const made = project({
        'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
        'a.ts': decorated('static made = new Service()'),
        'b.ts': decorated('one = 1'),
        'login.ts': `import * as a from './a.ts'\nimport * as b from './b.ts'
        export const handler = () => [a.Service, b.Service, a.Service.made.constructor, a.Plain, b.Plain].map(({ name }) => name)`,
      })
      const { call } = await packed(made, one({ bundle }))
      expect(await call('login')).toEqual(['Service', 'Service', 'Service', 'Plain', 'Plain'])
    },
  )

  it('adds files by patterns, and nothing else', async () => {
    const made = project({
      'login.ts': 'export const handler = 1',
      'views/a.html': '',
      'views/b.md': '',
      'package.json': '{}',
    })
    const { names } = await packed(made, one({ patterns: ['views', '!**/*.md'] }))
    expect(names).toEqual(['login.js', 'login.js.map', 'sls_login.js', 'sls_runtime.js', 'views/a.html'])
  })

  it('bundles JavaScript when it is asked to, or when it is an ES module', async () => {
    const cjs = project({ 'login.js': "exports.handler = () => require('./a').a", 'a.js': 'exports.a = 1' })
    const bundled = await packed(cjs, one({ bundle: true }))
    expect(bundled.names).not.toContain('a.js')
    expect(await bundled.call('login')).toBe(1)
    const esm = project({
      'login.js': "import { a } from './a.js'\nexport const handler = () => a",
      'a.js': 'export const a = 2',
    })
    const own = await packed(esm, one())
    expect(own.names).not.toContain('a.js')
    expect(await own.call('login')).toBe(2)
  })

  it('gives an entry that Node reads as the package.json beside it says', async () => {
    const files = { 'package.json': '{"type":"module"}', 'login.js': 'export const handler = () => import.meta.url' }
    const made = project(files)
    const { names, dir } = await packed(made, one({ bundle: false }))
    expect(names).toEqual(['login.js', 'package.json', 'sls_login.js', 'sls_runtime.cjs'])
    const script = 'import("./sls_login.js").then((entry) => entry.handler({})).then(console.log)'
    const out = execFileSync(process.execPath, ['-e', script], { cwd: dir, encoding: 'utf8' })
    expect(out.trim()).toMatch(/login\.js$/)
  })

  it('names bundles so that they can be told from CommonJS and ES modules around them', async () => {
    const made = project({
      'package.json': '{"type":"module"}',
      'login.ts': 'export const handler = () => "ts"',
      'plain.cjs': 'exports.handler = () => "cjs"',
    })
    const service = serviceOf([fnOf('login'), fnOf('plain')])
    const { names, dir } = await packed(made, service)
    expect(names).toContain('login.cjs')
    const script = 'import("./sls_login.js").then((entry) => entry.handler({})).then(console.log)'
    expect(execFileSync(process.execPath, ['-e', script], { cwd: dir, encoding: 'utf8' })).toBe('ts\n')
  })
})

describe('mistakes', () => {
  it('are told all at once, each at its place', async () => {
    const source =
      'const 文 = 1\nimport { a } from "./nowhere"\nimport b from "left-padding"\nexport const handler = () => a + b\n'
    const made = project({ 'login.ts': source, 'logout.ts': 'export const handler = () => {\n  return (1\n}\n' })
    const mistakes = await mistakesOf(packProject(made, serviceOf([fnOf('login'), fnOf('logout')])))
    expect(
      mistakes.map(({ code, at, message }) => [code, at && read(at.file).slice(at.start, at.end), message]),
    ).toEqual([
      ['SLS4002', '"./nowhere"', 'could not resolve "./nowhere"'],
      ['SLS4002', '"left-padding"', 'could not resolve "left-padding"'],
      ['SLS4002', '}', 'expected ")" but found "}"'],
    ])
    expect(mistakes[1]?.help?.[0]).toBe('npm install left-padding')
  })

  it('count in the characters of the text, not in bytes', async () => {
    const made = project({ 'login.ts': '/* 文字 */ import "./gone"; export const handler = 1' })
    const [mistake] = await mistakesOf(packProject(made, one()))
    expect(mistake?.at && read(mistake.at.file).slice(mistake.at.start, mistake.at.end)).toBe('"./gone"')
  })

  it('stand in the source also where several bundles share code', async () => {
    const made = project({
      'login.ts': 'export const handler = () => 1\nawait 0\n',
      'logout.ts': 'export const handler = 1',
    })
    const [mistake] = await mistakesOf(packProject(made, serviceOf([fnOf('login'), fnOf('logout')])))
    expect(mistake).toMatchObject({ code: 'SLS4002', at: { file: join(made.dir, 'login.ts') } })
    expect(mistake?.help).toEqual(['set "format: esm" under "package", "bundle"'])
    const { call } = await packed(made, serviceOf([fnOf('login'), fnOf('logout')], { bundle: { format: 'esm' } }))
    expect(await call('login')).toBe(1)
  })

  it('are told of functions with other options too', async () => {
    const made = project({ 'login.ts': 'import "./a"', 'logout.ts': 'import "./b"' })
    const service = serviceOf([fnOf('login'), fnOf('logout', { package: { bundle: { minify: true } } })])
    const mistakes = await mistakesOf(packProject(made, service))
    expect(mistakes.map(({ message }) => message)).toEqual(['could not resolve "./a"', 'could not resolve "./b"'])
  })

  it('are only doubts where the bundler has doubts', async () => {
    const made = project({ 'login.ts': 'export const handler = (x: any) => x === -0' })
    const { diagnostics } = await packProject(made, one())
    expect(diagnostics).toMatchObject([
      { code: 'SLS4008', severity: 'warning', at: { file: join(made.dir, 'login.ts') } },
    ])
  })
})
