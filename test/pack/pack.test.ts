import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Machine, makeMachine, root } from '../examples/sls.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

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
    for (const path of OWN) npm(['pack', join(root, path), '--ignore-scripts', '--pack-destination', packed], app)
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
    removeFolder(folder)
  })

  it('are small', () => {
    const sizes = readdirSync(join(folder, 'tarballs')).map((name) => statSync(join(folder, 'tarballs', name)).size)
    expect(sizes.length).toBe(6)
    // A tenth is what AWS's library is for us: installed, it would be 51 MB.
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3_300_000)
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
    const text = (name: string): string =>
      readFileSync(join(folder, 'app/node_modules', name, 'dist/THIRD-PARTY.txt'), 'utf8')
    expect(text('@anyfaas/aws')).toMatch(/^@smithy\/core \d[\s\S]*Apache License/m)
    const bundled = OWN.flatMap((path) => [...bundledIn(path)].map((one) => [manifestOf(path).name, one] as const))
    for (const name of ['anyfaas', '@anyfaas/aliyun']) expect(bundled).toContainEqual([name, 'js-yaml'])
    for (const [name, one] of bundled) expect(text(name).split('\n'), name).toContainEqual(startingWith(one))
  })
})

const OWN = ['.', 'src/kit', 'src/runtime', 'plugins/aliyun', 'plugins/aws', 'plugins/tencent']

function manifestOf(path: string): { readonly name: string } {
  return JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as { readonly name: string }
}

// The maps beside the bundles tell what these hold.
function bundledIn(path: string): ReadonlySet<string> {
  const dist = join(root, path, 'dist')
  const maps = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.map'))
  const sources = maps.flatMap((file) => {
    const map = JSON.parse(readFileSync(join(dist, file), 'utf8')) as { readonly sources: readonly string[] }
    return map.sources
  })
  const names = sources.flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? [])
  // What a package was made of may bear another name than any package.
  return new Set(names.filter((name) => existsSync(join(root, 'node_modules', name))))
}

function startingWith(name: string): unknown {
  return expect.stringMatching(new RegExp(`^${name.replace(/[/.]/g, '\\$&')} \\d`))
}
