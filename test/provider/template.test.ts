import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, makeMachine, root } from '../examples/sls.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

const SERVICE = `service: shop
functions:
  list:
    handler: list.handler
    memorySize: 200
    environment: { KEY: "\${secret:KEY}" }
    overrides: { cumulus: { limits: { bursts: 3 } } }
    events:
      - http: GET /items/:id
      - timer: { cron: "0 8 * * *", timezone: Asia/Shanghai }
`

const SPEC = `application: shop
functions:
  - name: shop-dev-list
    runtime: node22
    code: ./shop.zip
    handler: sls_list.handler
    limits:
      timeout: 10
      memory: 256
      bursts: 3
    environment:
      KEY: \${secret:KEY}
    triggers:
      - name: http
        type: http
        enabled: true
        path: /items/:id
        methods:
          - GET
      - name: timer
        type: timer
        enabled: true
        schedule: 0 0 8 * * * *
        timezone: Asia/Shanghai
`

const HANDLER = `exports.handler = async (ctx, event) => (event ? { at: event.type } : { id: ctx.params.id })\n`

let folder: string
const machine = makeMachine()

// What docs/writing-a-provider.md says: a copy, another name in it, and a build. Nothing else of the tool is touched.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anyfaas-provider-'))
  const plugin = join(folder, 'cumulus')
  cpSync(join(root, 'plugins/_template'), plugin, { recursive: true, filter: (path) => !/\/dist($|\/)/.test(path) })
  for (const file of ['package.json', 'src/words.ts']) {
    const path = join(plugin, file)
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('template', 'cumulus'))
  }
  mkdirSync(join(plugin, 'node_modules/@anyfaas'), { recursive: true })
  for (const name of ['kit', 'runtime'])
    symlinkSync(join(root, 'src', name), join(plugin, 'node_modules/@anyfaas', name))
  symlinkSync(join(root, 'node_modules/.bin'), join(plugin, 'node_modules/.bin'))
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: plugin, stdio: 'pipe' })
}, 300_000)

afterAll(async () => {
  removeFolder(folder)
  await machine.remove()
})

function makeService(name: string, text = SERVICE): string {
  const dir = join(folder, name)
  mkdirSync(dir)
  writeFileSync(join(dir, 'serverless.yml'), text)
  writeFileSync(join(dir, 'list.js'), HANDLER)
  return dir
}

function install(dir: string, as: string): void {
  mkdirSync(dirname(join(dir, as)), { recursive: true })
  cpSync(join(folder, 'cumulus/dist'), join(dir, as, 'dist'), { recursive: true })
  cpSync(join(folder, 'cumulus/package.json'), join(dir, as, 'package.json'))
}

async function run(dir: string, ...args: readonly string[]): Promise<Answer> {
  return await machine.sls([...args, '--provider', 'cumulus'], { cwd: dir, env: { KEY: 'value' } })
}

describe.each([
  ['a package of the service', 'node_modules/@anyfaas/cumulus', SERVICE],
  ['a folder that the file names', 'providers/cumulus', `${SERVICE}plugins: [./providers/cumulus]\n`],
])('a new provider as %s', (_, as, text) => {
  let dir: string
  beforeAll(() => {
    dir = makeService(as.replaceAll('/', '-'), text)
    install(dir, as)
  })

  it('is checked against', async () => {
    const { code, stderr } = await run(dir, 'check')
    expect(stderr).toMatch(/SLS3003.*"memorySize" of function "list" becomes 256, not 200/)
    expect(code, stderr).toBe(0)
  }, 120_000)

  it('is translated to', async () => {
    const { code, stdout, stderr } = await run(dir, 'translate', '--stdout')
    expect(code, stderr).toBe(0)
    expect(stdout).toBe(SPEC)
  }, 120_000)

  it('is packaged for', async () => {
    const { code, stderr } = await run(dir, 'package')
    expect(code, stderr).toBe(0)
    expect(existsSync(join(dir, '.sls/cumulus/shop.zip'))).toBe(true)
    expect(readFileSync(join(dir, '.sls/cumulus/functions.yml'), 'utf8')).toContain('code: ./shop.zip')
  }, 120_000)

  it('is played on this machine', async () => {
    const request = await run(dir, 'invoke', '-f', 'list', '--path', '/items/7')
    expect(request.stdout, request.stderr).toContain('"id":"7"')
    const timer = await run(dir, 'invoke', '-f', 'list', '--trigger', 'timer')
    expect(timer.stdout, timer.stderr).toMatch(/"at":\s*"\S*timer/)
  }, 120_000)
})

it('says so when the provider brings no runtime', async () => {
  const dir = makeService('without-runtime')
  install(dir, 'node_modules/@anyfaas/cumulus')
  removeFolder(join(dir, 'node_modules/@anyfaas/cumulus/dist/runtime'))
  expect((await run(dir, 'translate', '--stdout')).code).toBe(0)
  const { code, stderr } = await run(dir, 'package')
  expect(stderr).toMatch(/SLS2004.*the provider "cumulus" has no runtime/)
  expect(code).toBe(2)
}, 120_000)
