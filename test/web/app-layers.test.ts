import { mkdirSync, mkdtempSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HttpAnswer } from '../../src/kit/src/index.ts'
import { type Machine, makeMachine, root, run } from '../examples/sls.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { unpack } from '../packager/unzip.ts'
import { header, httpCall, info, text } from '../runtime/platforms.ts'

/** Platform -> its service file's provider, and who plays it. */
const PLATFORMS = {
  local: ['{ name: local }', 'dist/local/emulator.cjs'],
  fc3: ['{ name: aliyun }', 'plugins/aliyun/dist/fc3/emulator.cjs'],
  fc2: ["{ name: aliyun, edition: '2.0' }", 'plugins/aliyun/dist/fc2/emulator.cjs'],
  scf: ['{ name: tencent }', 'plugins/tencent/dist/scf/emulator.cjs'],
  lambda: ['{ name: aws }', 'plugins/aws/dist/lambda/emulator.cjs'],
} as const

const FILES = {
  'package.json': '{ "name": "shop", "version": "1.0.0" }',
  'app.js': `require('http').createServer((request, response) => {
  response.setHeader('content-type', 'text/plain')
  response.end('app ' + request.url)
}).listen(process.env.PORT)
`,
  'public/index.html': '<p>home</p>',
  'layers/around.js': `let after = 0
exports.layer = {
  beforeInvoke: (ctx, args, { function: name, kind }) => void ctx.set('x-before', [name, kind, args.length].join(' ')),
  afterInvoke: (error) => void (after += error ? 0 : 1),
  handler: (ctx, event, next) => (ctx.path === '/health' ? 'well after ' + after : next()),
}
`,
}

const KINDS = { koa: 'app /a?b=1', static: '<p>home</p>' } as const

// Any application that listens needs no framework to be one.
describe.each(Object.entries(KINDS))('an application of the kind %s', (kind, body) => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'anyfaas-app-layers-')))
  let machine: Machine
  beforeAll(() => {
    machine = makeMachine()
    for (const [name, content] of Object.entries(FILES)) {
      mkdirSync(dirname(join(dir, name)), { recursive: true })
      writeFileSync(join(dir, name), content)
    }
  })
  afterAll(async () => {
    await machine.remove()
    removeFolder(dir)
  })

  it.each(Object.entries(PLATFORMS))('has its layers around it on %s', { timeout: 120_000 }, async (name, played) => {
    const [provider, emulator] = played
    const type = kind === 'static' ? '{ type: static, config: { rootDir: public } }' : kind
    const yml = `service: shop\nprovider: ${provider}\ndeployType: ${type}\nlayers: { around: ./layers/around.js }\n`
    writeFileSync(join(dir, 'serverless.yml'), yml)
    const code = await packaged(name)
    const url = kind === 'static' ? '/' : '/a?b=1'
    const answers = await ask(code, join(root, emulator), [url, '/health'])
    expect(answers.map((answer) => [answer.status, text(answer)])).toEqual([
      [200, body],
      [200, 'well after 1'],
    ])
    expect(answers.map((answer) => header(answer, 'x-before'))).toEqual(['app http 1', 'app http 1'])
  })

  async function packaged(name: string): Promise<string> {
    const out = join(machine.home, `${kind}-${name}`)
    const { code, stderr } = await machine.sls(['package', '--out', out], { cwd: dir })
    expect(`${code} ${stderr}`).toMatch(/^0 /)
    const zip = readdirSync(out, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith('.zip')) ?? ''
    return await unpack(join(out, zip), join(out, 'code'))
  }
})

async function ask(code: string, emulator: string, urls: readonly string[]): Promise<readonly HttpAnswer[]> {
  const job = {
    entry: pathToFileURL(join(code, 'sls_app.js')).href,
    emulator,
    calls: urls.map((url) => httpCall({ url })),
    info: { ...info, function: 'app', timeoutSec: 60 },
  }
  const options = { cwd: code, input: JSON.stringify(job) }
  const { stdout, stderr } = await run(process.execPath, [join(root, 'test/web/call.mjs')], options)
  const last = stdout.split('\n').at(-1) ?? ''
  expect(`${last} ${stderr}`).toMatch(/^\[/)
  const answers = JSON.parse(last) as (HttpAnswer & { readonly body: unknown })[]
  return answers.map((answer) => ({ ...answer, body: Buffer.from(String(answer.body), 'base64') }))
}
