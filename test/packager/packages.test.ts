import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, realpathSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PackageOptions } from '../../src/kit/src/index.ts'
import { servicePackages } from '../../src/packager/packages/packages.ts'
import { customOf, fnOf, type Given, mistakesOf, type Project, packProject, serviceOf, useProjects } from './project.ts'
import { readZip, unpack } from './unzip.ts'

const project = useProjects()

type Files = Readonly<Record<string, Given>>

/** A package's files below a folder of packages. */
function pkg(at: string, manifest: object = {}, files: Files = {}): Files {
  const all: Files = {
    'package.json': JSON.stringify({ main: 'index.js', ...manifest }),
    'index.js': 'exports.at = __dirname',
    ...files,
  }
  return Object.fromEntries(Object.entries(all).map(([name, content]) => [`${at}/${name}`, content]))
}

async function packagesIn(made: Project, options: Partial<PackageOptions> = {}): Promise<string[]> {
  await packProject(made, serviceOf([fnOf('login')], options))
  const names = [...(await readZip(join(made.outDir, 'shop.zip'))).keys()]
  return names
    .filter((name) => name.includes('node_modules/') && name.endsWith('package.json'))
    .map((name) => name.slice(0, -13))
    .sort()
}

const PLAIN = { 'login.js': 'exports.handler = 1' }

describe('the packages of copied code', () => {
  it('are the production ones, by what npm wrote down', async () => {
    const lock = {
      packages: {
        'node_modules/a': {},
        'node_modules/a/node_modules/b': {},
        'node_modules/b': { dev: true },
        'node_modules/tool': { dev: true },
        'node_modules/maybe': { devOptional: true },
        'node_modules/elsewhere': { optional: true },
      },
    }
    const made = project({
      ...PLAIN,
      'package.json': JSON.stringify({ dependencies: { a: '1' }, devDependencies: { b: '1', tool: '1' } }),
      'node_modules/.package-lock.json': JSON.stringify(lock),
      'node_modules/.bin/a': '',
      ...pkg('node_modules/a'),
      ...pkg('node_modules/a/node_modules/b'),
      ...pkg('node_modules/b'),
      ...pkg('node_modules/tool'),
      ...pkg('node_modules/maybe'),
    })
    const production = ['node_modules/a', 'node_modules/a/node_modules/b', 'node_modules/maybe']
    expect(await packagesIn(made)).toEqual(production)
    expect(await packagesIn(made, { patterns: ['!node_modules/a/node_modules', '!node_modules/maybe/**'] })).toEqual([
      'node_modules/a',
    ])
    expect(await packagesIn(made, { patterns: ['node_modules/tool'] })).toEqual([...production, 'node_modules/tool'])
    const all = ['node_modules/b', 'node_modules/tool']
    expect(await packagesIn(made, { excludeDevDependencies: false })).toEqual([...production, ...all].sort())
    expect((await readZip(join(made.outDir, 'shop.zip'))).has('node_modules/.bin/a')).toBe(false)
  })

  it('keep the places that npm gave them where the code asks for them by name as well', async () => {
    const lock = {
      packages: {
        'node_modules/a': {},
        'node_modules/b': {},
        'node_modules/b/node_modules/a': {},
        'node_modules/c': {},
      },
    }
    const made = project({
      'login.ts': "import a from 'a'\nimport b from 'b'\nexport const handler = () => [a, b]",
      bootstrap: { executable: '' },
      'package.json': JSON.stringify({ dependencies: { a: '1', b: '1', c: '1' } }),
      'node_modules/.package-lock.json': JSON.stringify(lock),
      ...pkg('node_modules/a'),
      ...pkg('node_modules/b', { dependencies: { a: '2' } }),
      ...pkg('node_modules/b/node_modules/a'),
      ...pkg('node_modules/c'),
    })
    const options = { bundle: { external: ['b', 'a'] } }
    const server = customOf('server')
    await packProject(made, serviceOf([fnOf('login'), server], options))
    const names = [...(await readZip(join(made.outDir, 'shop.zip'))).keys()]
    expect(names.filter((name) => name.endsWith('package.json') && name.includes('node_modules/'))).toEqual([
      'node_modules/a/package.json',
      'node_modules/b/node_modules/a/package.json',
      'node_modules/b/package.json',
      'node_modules/c/package.json',
    ])
  })

  it('are found by package.json alone, each with the versions that it asks for', async () => {
    const made = project({
      ...PLAIN,
      'package.json': JSON.stringify({
        dependencies: { a: '1', '@s/c': '1' },
        devDependencies: { tool: '1' },
        optionalDependencies: { gone: '1' },
      }),
      ...pkg('node_modules/a', { dependencies: { b: '1' }, peerDependencies: { absent: '*' } }),
      ...pkg('node_modules/b', { dependencies: { a: '1' } }),
      ...pkg('node_modules/@s/c', { dependencies: { b: '2' } }),
      ...pkg('node_modules/@s/c/node_modules/b'),
      ...pkg('node_modules/tool'),
    })
    expect(await packagesIn(made)).toEqual([
      'node_modules/@s/c',
      'node_modules/@s/c/node_modules/b',
      'node_modules/a',
      'node_modules/b',
    ])
  })

  it('come from above, from workspaces beside the service, and from a store of links', async () => {
    const made = project({})
    // The service becomes one workspace of a project.
    const root = join(made.dir, 'packages')
    mkdirSync(root)
    made.write({
      'package.json': JSON.stringify({ workspaces: ['packages/*'] }),
      'packages/api/login.js': 'exports.handler = () => require("hoisted").text() + require("lib").text()',
      'packages/api/package.json': JSON.stringify({ dependencies: { hoisted: '1', lib: '1', stored: '1' } }),
      ...pkg(
        'packages/lib',
        { dependencies: { hoisted: '2' } },
        { 'index.js': 'exports.text = () => "lib+" + require("hoisted").text()' },
      ),
      ...pkg('packages/lib/node_modules/hoisted', {}, { 'index.js': 'exports.text = () => "2"' }),
      ...pkg('node_modules/hoisted', {}, { 'index.js': 'exports.text = () => "1+"' }),
      'node_modules/lib': { link: '../packages/lib' },
      ...pkg('node_modules/.pnpm/stored@1/node_modules/stored', { dependencies: { inner: '1' } }),
      'node_modules/.pnpm/stored@1/node_modules/inner': { link: '../../inner@1/node_modules/inner' },
      ...pkg('node_modules/.pnpm/inner@1/node_modules/inner'),
      'packages/api/node_modules/stored': { link: '../../../node_modules/.pnpm/stored@1/node_modules/stored' },
    })
    const api = { ...made, dir: join(root, 'api') }
    expect(await packagesIn(api)).toEqual([
      ...[
        'node_modules/hoisted',
        'node_modules/inner',
        'node_modules/lib',
        'node_modules/lib/node_modules/hoisted',
        'node_modules/stored',
      ],
    ])
    const dir = await unpack(join(made.outDir, 'shop.zip'), join(made.outDir, 'unpacked'))
    const script = 'require("./sls_login.js").handler({}).then(console.log)'
    expect(execFileSync(process.execPath, ['-e', script], { cwd: dir, encoding: 'utf8' })).toBe('1+lib+2\n')
  })

  it("are taken from where they really lie, also those in npm's list", () => {
    const made = project({
      'node_modules/.package-lock.json': JSON.stringify({
        packages: {
          'node_modules/a': {},
          'node_modules/b': {},
          'node_modules/b/node_modules/@s/c': {},
          'node_modules/gone': {},
        },
      }),
      'node_modules/a/package.json': '{}',
      'store/b/package.json': '{}',
      'store/b/node_modules/@s/c/package.json': '{}',
      'node_modules/b': { link: '../store/b' },
    })
    const dir = realpathSync(made.dir)
    expect(servicePackages(dir, false).packages).toEqual([
      { at: 'node_modules/a', path: join(dir, 'node_modules/a') },
      { at: 'node_modules/b', path: join(dir, 'store/b') },
      { at: 'node_modules/b/node_modules/@s/c', path: join(dir, 'store/b/node_modules/@s/c') },
    ])
  })

  it('are refused when they are links out of the project', async () => {
    const made = project({
      ...PLAIN,
      'package.json': JSON.stringify({ dependencies: { lib: '1' } }),
      ...pkg('lib'),
      'node_modules/lib': { link: '../../lib' },
    })
    renameSync(join(made.dir, 'lib'), join(made.dir, '../lib'))
    const mistakes = await mistakesOf(packProject(made, serviceOf([fnOf('login')])))
    expect(mistakes).toMatchObject([
      { code: 'SLS4003', message: `"node_modules/lib" is a link to "${join(made.dir, '../lib')}"` },
    ])
  })

  it('are missed when they are not installed', async () => {
    const made = project({
      ...PLAIN,
      'package.json': JSON.stringify({ dependencies: { a: '1', gone: '1' } }),
      ...pkg('node_modules/a', { dependencies: { lost: '1' } }),
    })
    const mistakes = await mistakesOf(packProject(made, serviceOf([fnOf('login')])))
    expect(mistakes.map(({ code, severity, message }) => [code, severity, message])).toEqual([
      ['SLS4004', 'error', 'the package "gone" is a dependency of the service and is not installed'],
      [
        'SLS4004',
        'warning',
        `the package "lost", which "${join(made.dir, 'node_modules/a')}" depends on, is not installed`,
      ],
    ])
  })

  it('are all of a folder that nothing describes', async () => {
    expect(await packagesIn(project({ ...PLAIN, ...pkg('node_modules/a'), ...pkg('node_modules/@s/b') }))).toEqual([
      ...['node_modules/@s/b', 'node_modules/a'],
    ])
  })
})

describe('packages that stay outside of a bundle', () => {
  const handler = (name: string) => ({ 'login.ts': `import * as all from '${name}'\nexport const handler = () => all` })

  it('are those with native addons, with all that they need', async () => {
    const made = project({
      ...handler('native'),
      ...pkg('node_modules/native', { dependencies: { bindings: '1' } }, { 'build/Release/x.node': 'machine code' }),
      ...pkg('node_modules/bindings', { dependencies: { 'file-uri': '1' } }),
      ...pkg('node_modules/file-uri'),
      ...pkg('node_modules/other'),
    })
    expect(await packagesIn(made)).toEqual(['node_modules/bindings', 'node_modules/file-uri', 'node_modules/native'])
    expect(
      (await readZip(join(made.outDir, 'shop.zip'))).get('node_modules/native/build/Release/x.node')?.bytes.toString(),
    ).toBe('machine code')
  })

  it('are those that bring a binary in a package per platform, and those that are found out late', async () => {
    const made = project({
      'login.ts': "import 'per-platform'\nimport 'late'\nexport const handler = 1",
      ...pkg('node_modules/per-platform', { optionalDependencies: { '@p/here': '1', '@p/there': '1' } }),
      ...pkg('node_modules/@p/here', { cpu: ['x64'], os: ['linux'] }),
      ...pkg('node_modules/late', {}, { 'index.js': 'require("./lib/addon.node")', 'lib/addon.node': '' }),
    })
    expect(await packagesIn(made)).toEqual(['node_modules/@p/here', 'node_modules/late', 'node_modules/per-platform'])
  })

  it('are those that the user lists, also by their sub-paths and by patterns', async () => {
    const made = project({
      'login.ts': "import a from 'a/sub.js'\nimport b from '@s/b'\nexport const handler = () => [a, b]",
      ...pkg(
        'node_modules/a',
        {},
        { 'sub.js': 'module.exports = require("fs").readFileSync(__dirname + "/x.wasm", "utf8")', 'x.wasm': 'wasm' },
      ),
      ...pkg('node_modules/@s/b', {}, { 'index.js': 'module.exports = "b"' }),
    })
    expect(await packagesIn(made, { bundle: { external: ['a', '@s/*'] } })).toEqual([
      'node_modules/@s/b',
      'node_modules/a',
    ])
    const dir = await unpack(join(made.outDir, 'shop.zip'), join(made.outDir, 'unpacked'))
    const script = 'require("./sls_login.js").handler({}).then((all) => console.log(all.join()))'
    expect(execFileSync(process.execPath, ['-e', script], { cwd: dir, encoding: 'utf8' })).toBe('wasm,b\n')
  })

  it('may be left to the platform, which is said', async () => {
    const made = project(handler('@vendor/sdk'))
    const service = serviceOf([fnOf('login')], { bundle: { external: ['@vendor/*'] } })
    const { diagnostics } = await packProject(made, service)
    expect(diagnostics).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('"@vendor/sdk" is not installed') },
    ])
  })

  it('cannot be there in two versions', async () => {
    const made = project({
      'login.ts': "import 'a'\nimport 'x'\nexport const handler = 1",
      ...pkg('node_modules/a', {}, { 'index.js': 'require("x")' }),
      ...pkg('node_modules/a/node_modules/x'),
      ...pkg('node_modules/x'),
    })
    const service = serviceOf([fnOf('login')], { bundle: { external: ['x'] } })
    expect(await mistakesOf(packProject(made, service))).toMatchObject([
      { code: 'SLS4002', message: expect.stringMatching(/^two versions of "x"/) },
    ])
  })

  it('are not the addons of the service itself: these are copied beside the bundle', async () => {
    const made = project({
      'src/login.ts': "export const handler = () => require('../native/x.node')",
      'native/x.node': 'x',
    })
    await packProject(made, serviceOf([fnOf('login')]))
    const dir = await unpack(join(made.outDir, 'shop.zip'), join(made.outDir, 'unpacked'))
    expect(existsSync(join(dir, 'native/x.node'))).toBe(true)
  })
})
