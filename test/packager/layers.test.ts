import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, test } from 'vitest'
import type { Service } from '../../src/kit/src/index.ts'
import { fits } from '../../src/packager/code/layer-package.ts'
import { launch } from '../../src/packager/launch.ts'
import { makeAggregate } from '../fixtures/service.ts'
import { fnOf, type Given, mistakesOf, type Project, packProject, serviceOf, useProjects } from './project.ts'
import { readZip, unpack } from './unzip.ts'

const project = useProjects()

const RUNTIME = `
exports.start = (manifest, loaders) => ({
  handler: async (member) => Promise.all((loaders[member].layers ?? []).map(async ({ name, open }) => [name, await open()])),
})
`

interface Layered {
  readonly names: readonly string[]
  /** Layer -> its module's `default` or whole, of a member of a function. */
  layersOf(fn: string, member?: string): Promise<unknown>
}

function layered(
  paths: Readonly<Record<string, string>>,
  functions = [fnOf('login', { layers: Object.keys(paths) })],
): Service {
  const layers = Object.fromEntries(
    Object.entries(paths).map(([name, path]) => [name, { at: `/layers/${name}`, path }]),
  )
  return { ...serviceOf(functions), layers }
}

async function packed(files: Readonly<Record<string, Given>>, service: Service): Promise<Layered> {
  const made = project({ 'login.js': 'exports.handler = 1', ...files, '../runtime-of-layers.cjs': RUNTIME })
  await packProject(made, service, { runtimeEntry: pathToFileURL(join(made.dir, '../runtime-of-layers.cjs')) })
  const zip = join(made.outDir, 'shop.zip')
  const dir = await unpack(zip, join(made.outDir, 'unpacked'))
  const require = createRequire(join(dir, 'x.js'))
  return {
    names: [...(await readZip(zip)).keys()].filter((name) => !name.startsWith('sls_')),
    layersOf: async (fn, member = fn) => {
      const found: [string, { default?: unknown }][] = await require(`./sls_${fn}.js`).handler(member)
      return found.map(([name, module]) => [name, module.default ?? { ...module }])
    },
  }
}

const PACKAGE = {
  'node_modules/@scope/trace/package.json': '{"name":"@scope/trace","version":"1.2.3","dependencies":{"below":"1"}}',
  'node_modules/@scope/trace/index.js': "exports.context = require('below')",
  'node_modules/below/package.json': '{"name":"below","version":"1.0.0"}',
  'node_modules/below/index.js': "module.exports = 'below'",
}

describe('the layers of an artifact', () => {
  it('are modules and folders of the service, in the order of the function', async () => {
    const { layersOf, names } = await packed(
      {
        'layers/one.js': 'exports.context = 1',
        'layers/two/package.json': '{"main":"lib/x"}',
        'layers/two/lib/x.js': 'exports.context = 2',
      },
      layered({ two: 'local:./layers/two', one: './layers/one' }),
    )
    expect(await layersOf('login')).toEqual([
      ['two', { context: 2 }],
      ['one', { context: 1 }],
    ])
    expect(names).toContain('layers/two/lib/x.js')
  })

  it('are bundled where the function is, and bring no folder along', async () => {
    const { layersOf, names } = await packed(
      {
        'login.ts': 'export const handler: number = 1',
        'login.js': '',
        'layers/own/index.ts': "import { two } from './two.ts'\nexport default { context: two }",
        'layers/own/two.ts': 'export const two = 2',
        'plain.js': 'exports.context = 3',
        'other.txt': '',
      },
      layered({ own: './layers/own', plain: './plain.js' }),
    )
    expect(await layersOf('login')).toEqual([
      ['own', { context: 2 }],
      ['plain', { context: 3 }],
    ])
    expect(names.filter((name) => !name.endsWith('.map'))).toEqual(['layers/own/index.js', 'login.js', 'plain.js'])
  })

  it('are packages, with what they need, beside bundled code as well', async () => {
    const { layersOf, names } = await packed(
      { ...PACKAGE, 'login.ts': 'export const handler: number = 1', 'login.js': '' },
      layered({ trace: 'npm:@scope/trace@^1.2' }),
    )
    expect(await layersOf('login')).toEqual([['trace', { context: 'below' }]])
    expect(names).toContain('node_modules/below/index.js')
  })

  it('are packages for import alone', async () => {
    const { layersOf } = await packed(
      {
        'node_modules/only/package.json':
          '{"name":"only","version":"2.0.0","type":"module","exports":{".":{"import":"./m.js"}}}',
        'node_modules/only/m.js': 'export default { context: 4 }',
        'package.json': '{"dependencies":{"only":"2"}}',
      },
      layered({ only: 'npm:only' }),
    )
    expect(await layersOf('login')).toEqual([['only', { context: 4 }]])
  })

  it('belong to the members of an aggregate: its own first', async () => {
    const functions = [
      makeAggregate('all', [fnOf('login', { layers: ['one'] }), fnOf('plain', { handler: 'login.handler' })], {
        runtime: 'nodejs20',
        layers: ['two'],
      }),
    ]
    const files = { 'one.js': 'exports.context = 1', 'two.js': 'exports.context = 2' }
    const { layersOf } = await packed(files, layered({ one: './one.js', two: './two.js' }, functions))
    expect(await layersOf('all', 'login')).toEqual([
      ['two', { context: 2 }],
      ['one', { context: 1 }],
    ])
    expect(await layersOf('all', 'plain')).toEqual([['two', { context: 2 }]])
  })

  it.each([
    [
      './nope',
      'no module for the layer "l" at "./nope"',
      'it is a module, or a folder with one that is called "index"',
    ],
    ['trace', 'no module for the layer "l" at "trace"', 'a package is written "npm:trace"'],
    [
      '../../etc',
      'no module for the layer "l" at "../../etc"',
      'it is a module, or a folder with one that is called "index"',
    ],
    ['../runtime.cjs', expect.stringContaining('leads out of the service folder'), undefined],
    ['npm:gone@3', 'the package "gone" of the layer "l" is not installed', 'npm install gone@3'],
    [
      'npm:@scope/trace@2',
      'the layer "l" is version 2 of "@scope/trace", and 1.2.3 is installed',
      'npm install @scope/trace@2',
    ],
    ['npm:', '"npm:" of the layer "l" names no package', 'write npm:NAME@VERSION'],
  ])('%s is refused', async (path, message, help) => {
    const made: Project = project({ 'login.js': 'exports.handler = 1', ...PACKAGE })
    const [mistake, ...others] = await mistakesOf(packProject(made, layered({ l: path })))
    expect(mistake).toMatchObject({ code: 'SLS4011', message, pointer: '/layers/l' })
    expect(mistake?.help?.[0]).toBe(help)
    expect(others).toEqual([])
  })
})

describe('launching', () => {
  it('names the layers by their files, TypeScript by its bundle', async () => {
    const made = project({
      'login.js': 'exports.handler = 1',
      'one.js': 'exports.context = 1',
      'two.ts': 'export const context: number = 2',
      ...PACKAGE,
    })
    const service = layered({ one: './one', two: './two', three: 'npm:@scope/trace' })
    const { dir, runtimeEntry } = made
    const [fn] = service.functions
    if (!fn) throw new Error('no function')
    const ready = await launch({
      service,
      fn,
      serviceDir: dir,
      providerName: 'test',
      runtimeEntry,
      cacheDir: join(dir, '.sls/run'),
    })
    expect(ready.modules['login']).toEqual({
      handler: join(dir, 'login.js'),
      layers: [
        { name: 'one', module: join(dir, 'one.js') },
        { name: 'two', module: join(dir, '.sls/run/login/cjs/two.cjs') },
        { name: 'three', module: join(dir, 'node_modules/@scope/trace/index.js') },
      ],
    })
  })
})

test.each([
  ['1.2.3', '1.2.3', true],
  ['1.2.3', 'v1.2.3', true],
  ['1.2.3', '1.2.4', false],
  ['1.2.3', '1', true],
  ['1.2.3', '1.3', false],
  ['1.2.3', '^1.0.9', true],
  ['1.2.3', '^1.3', false],
  ['2.0.0', '^1.3', false],
  ['0.3.0', '^0.2.1', false],
  ['0.2.9', '^0.2.1', true],
  ['1.2.3', '~1.2.0', true],
  ['1.3.0', '~1.2.0', false],
  ['1.2.3-beta.1', '1.2.3-beta.1', true],
  ['1.2.3', '1.2.3-beta.1', false],
  ['1.2.3', 'latest', true],
  ['1.2.3', '>=1 <2', true],
])('version %s as %s: %s', (installed, wanted, expected) => {
  expect(fits(installed, wanted)).toBe(expected)
})
