import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { PackageOptions } from '../../src/kit/src/index.ts'
import { LiveCode } from '../../src/packager/live.ts'
import { has, judgeFolder } from '../peers.ts'
import {
  fnOf,
  type Given,
  LOGIN,
  mistakesOf,
  type Project,
  packProject,
  read,
  serviceOf,
  useProjects,
} from './project.ts'
import { unpack } from './unzip.ts'

const project = useProjects()

const ASKS =
  '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true, "target": "es5", "ignoreDeprecations": "5.0" } }'

const METADATA =
  'Reflect.metadata = (key, value) => (target, name) => { (target.told ??= {})[[name, key].join(" ")] = value }'

const ANY = 'const any = (...args: unknown[]): any => {}'

// Names of the types that a class was told of.
const TYPES = 'const typesOf = (own: any) => own.told?.[" design:paramtypes"]?.map((type: any) => type.name) ?? null'

function decorated(files: Readonly<Record<string, Given>>): Project {
  const typescript = { link: join(judgeFolder('typescript'), 'node_modules/typescript') }
  return project({
    'metadata.ts': METADATA,
    'tsconfig.json': ASKS,
    'node_modules/typescript': typescript,
    ...files,
  })
}

async function called(made: Project, options: Partial<PackageOptions> = {}) {
  const { diagnostics } = await packProject(made, { ...LOGIN, package: { ...LOGIN.package, ...options } })
  const dir = await unpack(join(made.outDir, 'shop.zip'), join(made.outDir, 'unpacked'))
  const script =
    'import("./sls_login.js").then((m) => (m.handler ?? m.default.handler)({})).then((told) => console.log(JSON.stringify(told)))'
  const told = () => JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: dir, encoding: 'utf8' }))
  return { diagnostics, dir, told }
}

describe('types for decorators', () => {
  const DECORATED = {
    'types.ts':
      'export interface Options { readonly deep: boolean }\nexport class Base {}\n/** {@link Base} */ export class Cats { all() { return [import.meta.url] } }',
    'metadata.ts': METADATA,
    'login.ts': [
      "import './metadata.ts'",
      "import { Base, Cats, Options } from './types.ts'",
      'const any = (...args: unknown[]): void => {}',
      '/**',
      ' * @param cats described, not decorated',
      ' */',
      '@any class Home extends Base { constructor(readonly cats: Cats, readonly options: Options) { super() }',
      '  @any list(@any many: number) { return many } }',
      'export const handler = () => ({ file: new Home(new Cats(), { deep: true }).cats.all()[0]?.slice(0, 7), types: (Home as any).told?.[" design:paramtypes"]?.map(({ name }) => name) ?? null,',
      '  list: (Home.prototype as any).told?.["list design:paramtypes"]?.map(({ name }) => name) ?? null })',
      'export const fail = () => { throw new Error("here") }',
    ].join('\n'),
  }

  it.runIf(has('midway'))('come from the project’s compiler where tsconfig.json asks for them', async () => {
    const config = { 'base.json': ASKS, 'tsconfig.json': '{ // a comment\n "extends": ["./base"] }' }
    const { told, dir, diagnostics } = await called(decorated({ ...DECORATED, ...config }))
    expect(told()).toEqual({ file: 'file://', types: ['Cats', 'Object'], list: ['Number'] })
    expect(diagnostics).toEqual([])
    const script = 'try { require("./login.js").fail() } catch (error) { console.log(error.stack) }'
    const stack = execFileSync(process.execPath, ['--enable-source-maps', '-e', script], { cwd: dir, encoding: 'utf8' })
    expect(stack).toContain(`${join(dir, 'login.ts')}:11:`)
  })

  it.runIf(has('midway'))('are told by name, by default and among all, also of what is a type only', async () => {
    const made = decorated({
      'types.ts':
        'export default class Main {}\nexport class Cats {}\nexport interface Shape {}\nexport namespace Deep { export class Dog {} }',
      'shape.ts': 'export default interface Own {}\nexport const used = 1',
      'login.tsx': [
        "import './metadata.ts'",
        "import Main, { Cats as Tiger, type Shape, Deep } from './types'",
        "import Own, { used } from './shape'",
        "import * as types from './types'",
        "import { Event } from 'declared-only'",
        "import * as declared from 'declared-only'",
        ANY,
        TYPES,
        '@any class Home { constructor(a: Main, b: Tiger, c: Shape, d: Own, e: types.Cats, f: types.Shape, g: Deep.Dog, h: Event, i: declared.Event, j: Date) {} }',
        'export const handler = () => ({ types: typesOf(Home), used })',
      ].join('\n'),
    })
    const { told, diagnostics } = await called(made)
    expect(told().types).toEqual([
      'Main',
      'Cats',
      'Object',
      'Object',
      'Cats',
      'Object',
      'Dog',
      'Object',
      'Object',
      'Date',
    ])
    expect(told().used).toBe(1)
    expect(diagnostics).toEqual([])
  })

  it.runIf(has('midway'))('do not stumble over classes that know each other', async () => {
    const made = decorated({
      'cat.ts': `import { Dog } from './dog'\n${ANY}\n@any export class Cat { constructor(dog: Dog) {} }`,
      'dog.ts': `import { Cat } from './cat'\n${ANY}\n@any export class Dog { constructor(cat: Cat) {} }`,
      'login.ts': `import './metadata.ts'\nimport { Cat } from './cat'\nimport { Dog } from './dog'\n${TYPES}\nexport const handler = () => [typesOf(Cat), typesOf(Dog)]`,
    })
    for (const format of ['cjs', 'esm'] as const) {
      // The one that is made first cannot know the other yet, as in the project's own build.
      expect((await called(made, { bundle: { format } })).told()).toEqual([['Dog'], ['Object']])
    }
  })

  it.runIf(has('midway'))('leave import.meta and modules of CommonJS as they are', async () => {
    const made = decorated({
      'old.ts': `import path = require('node:path')\n${ANY}\n@any class Old { constructor(n: number) {} }\nexport = { Old, base: path.basename('/a/b') }`,
      'login.ts': `import './metadata.ts'\nimport old from './old'\n${ANY}\n${TYPES}\n@any class Home { constructor(n: number) {} }\nexport const handler = () => [typesOf(Home), import.meta.url.slice(0, 7), typesOf(old.Old), old.base]`,
    })
    expect((await called(made)).told()).toEqual([['Number'], 'file://', ['Number'], 'b'])
  })

  it.runIf(has('midway'))('take the modules that the rest of the code takes', async () => {
    const made = decorated({
      'package.json': '{"dependencies":{"outside":"1"}}',
      'node_modules/dual/package.json': '{"exports":{"import":"./new.mjs","require":"./old.cjs"}}',
      'node_modules/dual/new.mjs': 'let n = 0\nexport const next = () => `new ${++n}`',
      'node_modules/dual/old.cjs': 'let n = 0\nexports.next = () => `old ${++n}`',
      'node_modules/outside/package.json': '{"type":"module","exports":{"import":"./index.js"}}',
      'node_modules/outside/index.js': 'export const far = "far"',
      'plain.ts': "import { next } from 'dual'\nexport const plain = next()",
      'login.ts': [
        "import './metadata.ts'",
        "import { plain } from './plain'",
        "import { next } from 'dual'",
        "import { far, Nothing } from 'outside'",
        ANY,
        TYPES,
        '@any class Home { constructor(n: Nothing) {} }',
        'export const handler = () => [plain, next(), far, typesOf(Home)]',
      ].join('\n'),
    })
    const { told } = await called(made, { bundle: { format: 'esm', external: ['outside'] } })
    expect(told()).toEqual(['new 1', 'new 2', 'far', ['Object']])
  })

  it.runIf(has('midway'))('say what is wrong with the settings of the compiler', async () => {
    const config = '{ "compilerOptions": { "emitDecoratorMetadata": true } }'
    const plain = 'const any = (..._: unknown[]): void => {}\n@any class A {}\nexport const handler = () => A'
    const { diagnostics } = await packProject(decorated({ 'login.ts': plain, 'tsconfig.json': config }), LOGIN)
    expect(diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining("'experimentalDecorators'")])
  })

  it('are left out where nobody asks for them, and missed where nobody can make them', async () => {
    const silent = project({
      ...DECORATED,
      'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
    })
    expect(await packProject(silent, LOGIN)).toMatchObject({ diagnostics: [] })
    const { diagnostics } = await packProject(project({ ...DECORATED, 'tsconfig.json': ASKS }), LOGIN)
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ['SLS4008', expect.stringContaining('without effect: TypeScript is not installed')],
    ])
  })

  it.runIf(has('midway'))('do not move the places of mistakes and doubts', async () => {
    const service = serviceOf([fnOf('login'), fnOf('logout')])
    const source = `import { Base } from './base.ts'\n\ninterface Long {\n  a: 1\n}\n/* 文 */ import gone from './gone'\n${ANY}\n@any class A extends Base { constructor(private x: number) { super() } }\nexport const handler = () => gone\n`
    const made = decorated({
      'login.ts': source,
      'base.ts': 'export class Base {}',
      'logout.ts': 'export const handler = 1',
    })
    const [mistake] = await mistakesOf(packProject(made, service))
    expect(mistake?.at && read(mistake.at.file).slice(mistake.at.start)).toMatch(/^'.\/gone'\nconst any/)
    expect(mistake?.at && mistake.at.end - mistake.at.start).toBe("'./gone'".length)

    const waits = `interface Long {\n  a: 1\n}\n${ANY}\n@any class A { constructor(private x: number) {} }\nexport const handler = (x: any) => x === -0\n  ;await any(A)\n`
    made.write({ 'login.ts': waits })
    const [late] = await mistakesOf(packProject(made, service))
    expect(late?.at && read(late.at.file).slice(late.at.start)).toBe('await any(A)\n')

    made.write({ 'login.ts': waits.replace('await ', '') })
    const { diagnostics } = await packProject(made, service)
    expect(diagnostics.map(({ at }) => at && read(at.file).slice(at.start, at.end))).toEqual(['-0'])
  })
})

describe('types for decorators of code that is made again and again', () => {
  const open: LiveCode[] = []
  afterEach(async () => {
    for (const code of open.splice(0)) await code.close()
  })

  it.runIf(has('midway'))('come and go with what tsconfig.json says', async () => {
    const made = decorated({
      'login.ts': `import './metadata.ts'\n${ANY}\n${TYPES}\n@any class Home { constructor(n: number) {} }\nexport const handler = () => typesOf(Home)`,
    })
    const code = new LiveCode()
    open.push(code)
    let runs = 0
    const told = async (): Promise<unknown> => {
      const { dir, runtimeEntry } = made
      const cacheDir = join(dir, '.sls/run', String(++runs))
      const { modules } = await code.build({
        service: LOGIN,
        fn: fnOf('login'),
        serviceDir: dir,
        providerName: 'test',
        runtimeEntry,
        cacheDir,
      })
      const path = modules['login']?.handler ?? ''
      return createRequire(pathToFileURL(path))(path).handler()
    }
    expect(await told()).toEqual(['Number'])
    expect(code.reads(join(made.dir, 'tsconfig.json'))).toBe(true)
    made.write({ 'tsconfig.json': ASKS.replace('"emitDecoratorMetadata": true', '"emitDecoratorMetadata": false') })
    expect(await told()).toBeNull()
    made.write({ 'tsconfig.json': '{ "extends": "./base.json" }', 'base.json': ASKS })
    expect(await told()).toEqual(['Number'])
    made.write({
      'tsconfig.json': '{ "extends": "./base.json", "compilerOptions": { "emitDecoratorMetadata": false } }',
    })
    expect(await told()).toBeNull()
    made.write({ 'tsconfig.json': '{ "extends": "./base.json" }' })
    expect(await told()).toEqual(['Number'])
  })
})
