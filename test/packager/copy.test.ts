import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fnOf, HANDLER, LOGIN, mistakesOf, namesIn, packProject, serviceOf, useProjects } from './project.ts'
import { readZip } from './unzip.ts'

const project = useProjects()

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
      '.cache/anyfaas/code-0.1.0-v20.20.2/dist-cli-main.cjs-4x-1',
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
      'anyfaas/code-review.md': '',
    })
    const kept = ['.well-known/x', 'anyfaas/code-review.md', 'ca.pem', 'data/seed.zip', 'login.js']
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
      ['SLS4001', '/deployType'],
      ['SLS4001', '/functions/nowhere/handler'],
    ])
  })
})
