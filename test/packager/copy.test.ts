import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterEach, describe, expect, it } from 'vitest'
import type { PackageOptions } from '../../src/kit/src/index.ts'
import { customOf, fnOf, type Given, makeProject, mistakesOf, type Project, packProject, serviceOf } from './project.ts'
import { readZip } from './unzip.ts'

const open: Project[] = []
afterEach(() => {
  for (const project of open.splice(0)) project.remove()
})

function project(files: Readonly<Record<string, Given>>): Project {
  const made = makeProject(files)
  open.push(made)
  return made
}

const HANDLER = { 'login.js': 'exports.handler = async () => 1' }
const LOGIN = serviceOf([fnOf('login')])

async function namesIn(made: Project, options: Partial<PackageOptions> = {}): Promise<string[]> {
  const { artifacts } = await packProject(made, { ...LOGIN, package: { ...LOGIN.package, ...options } })
  return [...(await readZip(artifacts[0]?.path ?? '')).keys()].filter((name) => !name.startsWith('sls_'))
}

describe('plain copying', () => {
  it('takes the folder, with an entry a function and the runtime once', async () => {
    const made = project({ ...HANDLER, 'lib/a.js': '', 'data.json': '{}', 'logout.js': 'exports.handler = 1' })
    const { artifacts } = await packProject(made, serviceOf([fnOf('login'), fnOf('logout')]))
    expect(artifacts).toMatchObject([
      {
        id: 'shop',
        kind: 'zip',
        path: join(made.outDir, 'shop.zip'),
        handlers: { login: 'sls_login.handler', logout: 'sls_logout.handler' },
      },
    ])
    const zip = await readZip(join(made.outDir, 'shop.zip'))
    expect([...zip.keys()]).toEqual([
      ...['data.json', 'lib/a.js', 'login.js', 'logout.js', 'sls_login.js', 'sls_logout.js', 'sls_runtime.js'],
    ])
  })

  it('makes one zip a function, on demand', async () => {
    const made = project({ ...HANDLER, 'logout.js': 'exports.handler = 1' })
    const service = serviceOf([fnOf('login'), fnOf('logout')], { individually: true })
    const { artifacts } = await packProject(made, service)
    expect(artifacts.map(({ id }) => id)).toEqual(['shop-login', 'shop-logout'])
    const only = await packProject(made, service, { only: ['logout'] })
    expect(only.artifacts).toEqual([artifacts[1]])
  })

  it('goes by the patterns, later wins', async () => {
    const made = project({ ...HANDLER, 'data/a.json': '', 'data/b.json': '', 'docs/x.md': '', 'src/a.map': '' })
    expect(await namesIn(made, { patterns: ['!data', 'data/b.json', '!docs/**', '!*.map'] })).toEqual([
      'data/b.json',
      'login.js',
    ])
  })

  it('adds the patterns of a function to those of its service', async () => {
    const made = project({ ...HANDLER, 'a.txt': '', 'b.txt': '' })
    const service = serviceOf([fnOf('login', { package: { patterns: ['!b.txt'] } })], { patterns: ['!a.txt'] })
    await packProject(made, service)
    expect([...(await readZip(join(made.outDir, 'shop.zip'))).keys()]).toEqual([
      'login.js',
      'sls_login.js',
      'sls_runtime.js',
    ])
  })

  it('never takes history, credentials, keys, its own folders and other artifacts', async () => {
    const secret = '-----BEGIN PRIVATE KEY-----'
    const left = [
      '.git/config',
      '.env',
      '.env.dev',
      'app/.env',
      '.npmrc',
      '.aws/credentials',
      '.aliyun/config.json',
      '.ssh/id',
      'id_rsa',
      'id_ed25519.pub',
    ]
    const more = [
      'certs/server.p12',
      'x.keystore',
      '.sls/run/a.js',
      'old.zip',
      'key.pem',
      'tls/server.key',
      'serverless.yml',
      'f.yml',
    ]
    const files = Object.fromEntries([...left, ...more].map((name) => [name, secret]))
    const made = project({
      ...HANDLER,
      ...files,
      'ca.pem': '-----BEGIN CERTIFICATE-----',
      'data/seed.zip': 'x',
      '.well-known/x': '',
    })
    const kept = ['.well-known/x', 'ca.pem', 'data/seed.zip', 'login.js']
    expect(await namesIn(made)).toEqual(kept)
    expect(await namesIn(made, { patterns: ['**', ...left, ...more] })).toEqual(
      [...kept, 'f.yml', 'serverless.yml'].sort(),
    )
  })

  it('warns of files that look like secrets', async () => {
    const made = project({
      ...HANDLER,
      'config/credentials.json': '{}',
      'lib/a.js': 'const key = "LTAI4Fabcdefghijklmnop"',
      'lib/b.js': '',
    })
    const { diagnostics } = await packProject(made, LOGIN)
    expect(diagnostics.map(({ code, severity, message }) => [code, severity, message])).toEqual([
      [
        'SLS4009',
        'warning',
        '"config/credentials.json" looks like a file of secrets by its name and goes into the artifact',
      ],
      ['SLS4009', 'warning', '"lib/a.js" holds what looks like an access key and goes into the artifact'],
    ])
  })

  it('keeps exec bits, whatever the umask took', async () => {
    const made = project({ ...HANDLER, 'bin/tool': { executable: '#!/bin/sh\n' } })
    await packProject(made, LOGIN)
    const zip = await readZip(join(made.outDir, 'shop.zip'))
    expect([zip.get('bin/tool')?.mode, zip.get('login.js')?.mode]).toEqual([0o100755, 0o100644])
  })

  it('takes nothing of the folder that it writes to', async () => {
    const made = project({ ...HANDLER, 'build/keep.txt': '' })
    const outDir = join(made.dir, 'build/out')
    const pack = () => packProject(made, LOGIN, { outDir })
    expect(await pack()).toEqual(await pack())
    expect([...(await readZip(join(outDir, 'shop.zip'))).keys()]).toContain('build/keep.txt')
  })

  it('copies functions of other languages, handlers unchanged', async () => {
    const made = project({ 'main.py': 'def run(event, context): pass', 'node_modules/dev/index.js': '' })
    const service = serviceOf([fnOf('main', { runtime: 'python3.12', handler: 'main.run' })])
    const { artifacts } = await packProject(made, service)
    expect(artifacts[0]?.handlers).toEqual({ main: 'main.run' })
    expect([...(await readZip(join(made.outDir, 'shop.zip'))).keys()]).toEqual(['main.py'])
  })

  it('refuses patterns that leave out the handler, and a service without code', async () => {
    const made = project(HANDLER)
    const without = serviceOf([fnOf('login')], { patterns: ['!login.js'] })
    expect(await mistakesOf(packProject(made, without))).toMatchObject([{ code: 'SLS4001', pointer: '/package' }])
    const none = serviceOf([fnOf('x', { runtime: 'python3.12' })], { patterns: ['!**'] })
    expect(await mistakesOf(packProject(made, none))).toMatchObject([{ code: 'SLS4006' }])
  })

  it('refuses what it cannot package, all of it at once', async () => {
    const app = fnOf('app', { at: '/deployType', code: { kind: 'app', framework: 'express', options: {} } })
    const made = project(HANDLER)
    const mistakes = await mistakesOf(packProject(made, serviceOf([app, fnOf('nowhere'), fnOf('login')])))
    expect(mistakes.map(({ code, pointer }) => [code, pointer])).toEqual([
      ['SLS4001', '/functions/nowhere/handler'],
      ['SLS4006', '/deployType'],
    ])
  })
})

describe('links', () => {
  it('are followed inside the service', async () => {
    const made = project({ ...HANDLER, 'shared/a.js': '', lib: { link: 'shared' }, 'b.js': { link: 'shared/a.js' } })
    expect(await namesIn(made)).toEqual(['b.js', 'lib/a.js', 'login.js', 'shared/a.js'])
  })

  it('are refused when they leave it, unless a pattern leaves them out', async () => {
    const made = project({ ...HANDLER, passwd: { link: '/etc/passwd' }, up: { link: '..' } })
    const mistakes = await mistakesOf(packProject(made, LOGIN))
    expect(mistakes).toMatchObject([
      { code: 'SLS4003', message: '"passwd" is a link to "/etc/passwd"' },
      { code: 'SLS4003', message: expect.stringMatching(/^"up" is a link to "/) },
    ])
    expect(await namesIn(made, { patterns: ['!passwd', '!up'] })).toEqual(['login.js'])
  })

  it('do not bring in a key file under another name', async () => {
    const made = project({ ...HANDLER, '.env': 'A=1', 'config.txt': { link: '.env' } })
    expect(await namesIn(made)).toEqual(['login.js'])
  })

  it('are refused in circles', async () => {
    const made = project({ ...HANDLER, 'a/up': { link: '..' }, self: { link: 'self' }, gone: { link: 'nothing' } })
    const mistakes = await mistakesOf(packProject(made, LOGIN))
    expect(mistakes.map(({ code, message }) => [code, message.replace(/:.*/, '')])).toEqual([
      ['SLS4004', '"a/up" is a link in a circle'],
      ['SLS4004', '"gone" cannot be read'],
      ['SLS4004', '"self" cannot be read'],
    ])
  })

  it('are refused when they double the work at every level', async () => {
    const files: Record<string, Given> = { ...HANDLER, 'l0/x.js': '' }
    for (let level = 1; level < 12; level++) {
      for (const way of ['a', 'b']) files[`l${level}/${way}`] = { link: `../l${level - 1}` }
    }
    const mistakes = await mistakesOf(packProject(project(files), LOGIN))
    expect(mistakes[0]).toMatchObject({ code: 'SLS4004', message: expect.stringContaining('too many links') })
  })
})

describe('hostile trees', () => {
  it('are refused with a reason: pipes, sockets, backslashes', async () => {
    const made = project({ ...HANDLER, 'a\\b': '' })
    execFileSync('mkfifo', [join(made.dir, 'pipe')])
    const server = createServer().listen(join(made.dir, 'socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    const mistakes = await mistakesOf(packProject(made, LOGIN))
    server.close()
    expect(mistakes.map(({ code, message }) => [code, message])).toEqual([
      ['SLS4004', expect.stringContaining('backslash')],
      ['SLS4004', '"pipe" is not a regular file'],
      ['SLS4004', '"socket" is not a regular file'],
    ])
  })

  it('are refused when a name is not UTF-8', async () => {
    const made = project(HANDLER)
    writeFileSync(Buffer.concat([Buffer.from(`${made.dir}/`), Buffer.from([0x66, 0xff, 0x66])]), '')
    expect(await mistakesOf(packProject(made, LOGIN))).toMatchObject([
      { message: expect.stringContaining('not UTF-8') },
    ])
  })

  it('are packaged when they are only deep and long', async () => {
    const deep = `${'d'.repeat(100)}/`.repeat(30)
    const made = project({ ...HANDLER, [`${deep}x.txt`]: 'deep', [`${'n'.repeat(250)}.txt`]: 'long' })
    expect(await namesIn(made)).toContain(`${deep}x.txt`)
  })

  // The superuser reads everything, so the packager runs as nobody.
  it('are refused where they cannot be read', async () => {
    const made = project({ ...HANDLER, 'locked/a.txt': '', 'closed.txt': '' })
    const bundle = join(mkdtempSync(join(tmpdir(), 'sls-nobody-')), 'pack.mjs')
    await build({
      stdin: { contents: NOBODY, resolveDir: import.meta.dirname, loader: 'ts' },
      ...{
        outfile: bundle,
        bundle: true,
        platform: 'node',
        format: 'esm',
        external: ['esbuild'],
        conditions: ['@anyfaas/source'],
      },
    })
    execFileSync('chmod', ['-R', 'a+rX', join(made.dir, '..'), join(bundle, '..')])
    execFileSync('chmod', ['000', join(made.dir, 'locked'), join(made.dir, 'closed.txt')])
    const query = JSON.stringify({ service: LOGIN, serviceDir: made.dir, runtimeEntry: made.runtimeEntry.href })
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    const { stdout, stderr } = spawnSync(process.execPath, [bundle, query], { encoding: 'utf8', ...nobody })
    execFileSync('chmod', ['-R', 'u+rwX', made.dir])
    rmSync(join(bundle, '..'), { recursive: true })
    expect([stdout, stderr]).toEqual([
      expect.stringMatching(
        /^SLS4004: "closed.txt" cannot be read: EACCES.*\nSLS4004: "locked" cannot be read: EACCES/,
      ),
      '',
    ])
  })
})

const NOBODY = `
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { pack } from '../../src/packager/pack.ts'
const query = JSON.parse(process.argv[2])
const outDir = mkdtempSync(tmpdir() + '/sls-out-')
try {
  await pack({ ...query, runtimeEntry: new URL(query.runtimeEntry), outDir, providerName: 'test', nodeTarget: 'node18' })
} catch (failure) {
  process.stdout.write(failure.message)
}
rmSync(outDir, { recursive: true })
`

describe('a custom runtime', () => {
  it('gets the exec bit that a checkout lost, on the file that starts it', async () => {
    const made = project({ bootstrap: '#!/bin/sh\nexec ./server\n', server: { executable: 'x' }, 'README.md': '' })
    await packProject(made, serviceOf([customOf('web')]))
    const zip = await readZip(join(made.outDir, 'shop.zip'))
    expect([...zip].map(([name, { mode }]) => [name, mode & 0o777])).toEqual([
      ['README.md', 0o644],
      ['bootstrap', 0o755],
      ['server', 0o755],
    ])
  })

  it('refuses a first line that ends with CRLF, at its place', async () => {
    const made = project({ bootstrap: '#!/bin/sh\r\nexec ./server\r\n' })
    expect(await mistakesOf(packProject(made, serviceOf([customOf('web')])))).toMatchObject([
      { code: 'SLS4004', at: { file: join(made.dir, 'bootstrap'), start: 0, end: 9 } },
    ])
  })

  it('refuses a file to start that is not there', async () => {
    expect(await mistakesOf(packProject(project({ 'a.txt': '' }), serviceOf([customOf('web')])))).toMatchObject([
      { code: 'SLS4006', pointer: '/functions/web/custom/command' },
    ])
  })

  it('bundles a main module to the root, in the module system that .js means there', async () => {
    const files = {
      'src/server.ts': 'import { port } from "./port"; console.log(port satisfies number)',
      'src/port.ts': 'export const port = 9000',
    }
    const server = customOf('web', { source: 'src/server.ts', command: ['node', 'server.js'] })
    for (const type of ['commonjs', 'module']) {
      const made = project({ ...files, 'package.json': JSON.stringify({ type }) })
      await packProject(made, serviceOf([server]))
      const out = join(made.outDir, 'unpacked')
      execFileSync('python3', ['-m', 'zipfile', '-e', join(made.outDir, 'shop.zip'), out])
      expect(execFileSync(process.execPath, [join(out, 'server.js')], { encoding: 'utf8' })).toBe('9000\n')
    }
  })

  it('says when a handler names no file, and goes on', async () => {
    const made = project({ bootstrap: '#!/bin/sh\n' })
    const { diagnostics } = await packProject(made, serviceOf([customOf('web', { source: 'index.handler' })]))
    expect(diagnostics).toMatchObject([{ code: 'SLS4001', severity: 'warning', pointer: '/functions/web/handler' }])
  })
})

describe('package.artifact', () => {
  const made = () =>
    project({ ...HANDLER, 'ready.zip': Buffer.from('504b0506000000000000000000000000000000000000', 'hex') })

  it('is used as it is when somebody else made it', async () => {
    const place = made()
    const service = serviceOf([fnOf('login')], { artifact: 'ready.zip' })
    const { artifacts } = await packProject(place, service)
    expect(artifacts).toMatchObject([
      { path: join(place.dir, 'ready.zip'), bytes: 22, handlers: { login: 'sls_login.handler' } },
    ])
  })

  it('names the file to write when it is not there, and it is written again after a change', async () => {
    const place = made()
    const service = serviceOf([fnOf('login')], { artifact: 'build/mine.zip' })
    const first = await packProject(place, service)
    expect(first.artifacts[0]?.path).toBe(join(place.dir, 'build/mine.zip'))
    place.write({ 'login.js': 'exports.handler = async () => 2' })
    const second = await packProject(place, service)
    expect(second.artifacts[0]?.digest).not.toBe(first.artifacts[0]?.digest)
    expect((await readZip(join(place.dir, 'build/mine.zip'))).has('build/mine.zip')).toBe(false)
  })

  it('is refused when it is no zip', async () => {
    const place = made()
    for (const [name, content] of [
      ['a.zip', 'text'],
      ['b.zip', ''],
      ['c.zip', `PK\x05\x06`],
    ] as const) {
      place.write({ [name]: content })
      const service = serviceOf([fnOf('login')], { artifact: name })
      expect(await mistakesOf(packProject(place, service))).toMatchObject([
        { code: 'SLS4005', pointer: '/package/artifact' },
      ])
    }
    symlinkSync('.', join(place.dir, 'd.zip'))
    const folder = serviceOf([fnOf('login')], { artifact: 'd.zip' })
    expect(await mistakesOf(packProject(place, folder))).toMatchObject([{ code: 'SLS4005' }])
  })
})
