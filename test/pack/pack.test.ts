import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Machine, makeMachine, root } from '../examples/sls.ts'

// What `npm install anyfaas` gives a user: the tarballs, in an empty folder, with nothing of this checkout around them.
describe('the packages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anyfaas-pack-'))
  let machine: Machine

  beforeAll(() => {
    const packed = join(folder, 'tarballs')
    const app = join(folder, 'app')
    execFileSync('mkdir', ['-p', packed, app])
    const npm = (args: readonly string[], cwd: string): string =>
      execFileSync('npm', [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    const own = ['.', 'src/kit', 'src/runtime', 'plugins/aliyun', 'plugins/aws', 'plugins/tencent']
    for (const path of own) npm(['pack', join(root, path), '--ignore-scripts', '--pack-destination', packed], app)
    npm(['init', '-y'], app)
    npm(
      [
        'install',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        ...readdirSync(packed).map((name) => join(packed, name)),
      ],
      app,
    )
    machine = makeMachine(join(app, 'node_modules/anyfaas/bin/sls.js'))
  }, 180_000)

  afterAll(async () => {
    await machine?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  it('are small', () => {
    const sizes = readdirSync(join(folder, 'tarballs')).map((name) => statSync(join(folder, 'tarballs', name)).size)
    expect(sizes.length).toBe(6)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3_000_000)
  })

  it('deploy an example, made from a template of theirs', async () => {
    const made = await machine.sls(['init', 'shop', '--template', 'hello'], { cwd: folder })
    expect(made.stderr + made.stdout).toContain('shop')
    const cwd = join(folder, 'shop')
    const { code, stdout, stderr } = await machine.sls(['deploy', '--smoke', '/?name=tarball'], { cwd })
    expect(stderr).toContain('deployed 1 function')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^200 http:\/\/127\.0\.0\.1:\d+\/\?name=tarball$/m)])
  })

  it('bundle TypeScript, call every platform, translate, explain', async () => {
    const cwd = join(folder, 'deck')
    cpSync(join(root, 'examples/deck'), cwd, { recursive: true, filter: (path) => !path.includes('.sls') })
    for (const provider of ['local', 'aliyun', 'tencent', 'aws']) {
      const called = await machine.sls(['invoke', '-f', 'hello', '--path', '/hello', '--provider', provider], { cwd })
      expect([called.code, JSON.parse(called.stdout)]).toEqual([0, { hello: 'world', function: 'hello' }])
    }
    expect((await machine.sls(['package', '--provider', 'all'], { cwd })).code).toBe(0)
    expect((await machine.sls(['explain', 'SLS1002'], { cwd })).stdout).toContain('SLS1002')
    expect(JSON.parse((await machine.sls(['schema'], { cwd })).stdout)).toHaveProperty('$id')
  })

  it('are a library too', () => {
    const program =
      "import { check, defineService } from 'anyfaas'; const io = { env: {}, cwd: process.argv[1], tell() {}, signal: new AbortController().signal }; console.log((await check({}, io)).service, typeof defineService)"
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', program, join(root, 'examples/hello')], {
      cwd: join(folder, 'app'),
      encoding: 'utf8',
    })
    expect(out).toBe('hello function\n')
  })

  it('carry the licences of what they bundle', () => {
    const text = readFileSync(join(folder, 'app/node_modules/anyfaas/dist/THIRD-PARTY.txt'), 'utf8')
    expect(text).toMatch(/^js-yaml \d/m)
  })
})
