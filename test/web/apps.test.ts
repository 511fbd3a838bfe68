import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { HttpAnswer } from '../../src/kit/src/index.ts'
import { unpack } from '../../src/local/platform/services/unpack.ts'
import { pack } from '../../src/packager/pack.ts'
import { makeMachine, root, run } from '../examples/sls.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { http, makeFn, makeService } from '../fixtures/service.ts'
import { readZip } from '../packager/unzip.ts'
import { has, judgeFolder } from '../peers.ts'
import { header, headers, httpCall, info, type Request, text } from '../runtime/platforms.ts'
import { type AppFixture, fixtures } from './apps.ts'

const TARGETS = {
  local: ['dist/local/runtime.cjs', 'dist/local/emulator.cjs'],
  aliyun: ['plugins/aliyun/dist/fc3/runtime.cjs', 'plugins/aliyun/dist/fc3/emulator.cjs'],
  'aliyun-2.0': ['plugins/aliyun/dist/fc2/runtime.cjs', 'plugins/aliyun/dist/fc2/emulator.cjs'],
  tencent: ['plugins/tencent/dist/scf/runtime.cjs', 'plugins/tencent/dist/scf/emulator.cjs'],
  aws: ['plugins/aws/dist/lambda/runtime.cjs', 'plugins/aws/dist/lambda/emulator.cjs'],
} as const

type TargetName = keyof typeof TARGETS

const MULTIPART = Buffer.concat([
  Buffer.from('--b\r\ncontent-disposition: form-data; name="title"\r\n\r\nmine\r\n'),
  Buffer.from(
    '--b\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\ncontent-type: image/png\r\n\r\n',
  ),
  Buffer.from([0, 255, 128, 13, 10]),
  Buffer.from('\r\n--b--\r\n'),
])
const BYTES = Buffer.from([0, 255, 128, 13, 10, 0])

const requests: Readonly<Record<string, Request>> = {
  root: { url: '/?a=1' },
  json: { method: 'POST', url: '/json', body: '{"a":"€"}', headers: { 'content-type': 'application/json' } },
  bytes: { method: 'POST', url: '/bytes', body: BYTES, headers: { 'content-type': 'image/png' } },
  upload: {
    method: 'POST',
    url: '/upload',
    body: MULTIPART,
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  },
  stream: { url: '/stream' },
  cookies: { url: '/cookies' },
  fail: { url: '/fail' },
}

const frameworks = has('web frameworks')
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) removeFolder(folder)
})

describe.runIf(frameworks).each(fixtures)('$name', (fixture) => {
  it('is packaged, and runs on every platform as it is', { timeout: 600_000 }, async () => {
    const dir = write(fixture)
    for (const target of Object.keys(TARGETS) as TargetName[]) {
      const code = join(dir, '..', 'code', target)
      await unpack(await packFor(dir, fixture, target), code)
      check(await call(code, target), fixture, target)
      removeFolder(code)
    }
  })
})

describe.runIf(frameworks)('packages of a web application', () => {
  const express = fixtures[0] as AppFixture

  it('differ by what is generated alone', async () => {
    const dir = write(express)
    const zips = []
    for (const target of Object.keys(TARGETS) as TargetName[]) {
      const entries = await readZip(await packFor(dir, express, target))
      const own = [...entries].filter(([name]) => !name.startsWith('sls_'))
      expect([...entries.keys()]).toEqual(expect.arrayContaining(['sls_app.js', 'sls_runtime.js', 'sls_web.js']))
      zips.push(own.map(([name, { bytes }]) => [name, bytes.toString('base64')]))
    }
    for (const other of zips) expect(other).toEqual(zips[0])
  })
})

describe.runIf(frameworks)('the command line', () => {
  const machine = makeMachine()
  afterAll(() => machine.remove())
  const express = fixtures[0] as AppFixture

  it('invokes an application in place and deploys it', { timeout: 300_000 }, async () => {
    const cwd = write(express)
    writeFileSync(join(cwd, 'serverless.yml'), 'service: shop\nprovider: {name: local}\ndeployType: express\n')
    const invoked = await machine.sls(['invoke', '--path', '/?a=1'], { cwd })
    expect([invoked.code, invoked.stdout]).toEqual([0, 'Hello World!'])
    const missing = await machine.sls(['invoke', '--path', '/none'], { cwd })
    expect(missing.stderr).toContain('404 app by http')
    const deployed = await machine.sls(['deploy', '--yes', '--smoke', '/'], { cwd })
    expect(deployed.stdout + deployed.stderr).toMatch(/200 http:\/\/127\.0\.0\.1:\d+\//)
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(deployed.stdout + deployed.stderr) ?? []
    const parts = await (await fetch(`${url}/stream`)).text()
    const echo = await fetch(`${url}/bytes`, { method: 'POST', body: BYTES, headers: { 'content-type': 'image/png' } })
    expect([parts, Buffer.from(await echo.arrayBuffer())]).toEqual(['abc', BYTES])
  })

  it('says what is missing when an application neither exports nor listens', async () => {
    const cwd = write({ ...express, files: { 'app.js': 'setInterval(() => {}, 1000)' } })
    const file = 'service: shop\nprovider: {name: local, initTimeout: 1}\ndeployType: express\n'
    writeFileSync(join(cwd, 'serverless.yml'), file)
    const { code, stderr } = await machine.sls(['invoke', '--path', '/'], { cwd })
    expect(code).toBe(1)
    expect(stderr).toContain(
      'it exports no application (as its default, "app" or "server"), and did not listen within 1 s',
    )
  })
})

// In the folder of the framework, so that its packages are found above as Node finds them.
function write({ files, manifest, dependencies, judge, name }: AppFixture): string {
  const home = mkdtempSync(join(judgeFolder(judge), 'app-'))
  folders.push(home)
  const dir = join(home, 'service')
  const about = { name: name.toLowerCase().replaceAll(/\W+/g, '-'), ...manifest }
  const own = { ...about, dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '*'])) }
  for (const [path, content] of Object.entries({ ...files, 'package.json': JSON.stringify(own) })) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), content)
  }
  return dir
}

async function packFor(dir: string, { framework }: Pick<AppFixture, 'framework'>, target: TargetName): Promise<string> {
  const code = { kind: 'app', framework: framework as 'koa', options: {} } as const
  const fn = makeFn('app', { at: '/deployType', runtime: 'nodejs20', code, triggers: [http('/*')] })
  const { artifacts } = await pack({
    service: makeService({ name: 'shop', functions: [fn] }),
    serviceDir: dir,
    outDir: join(dir, '..', 'out', target),
    runtimeEntry: pathToFileURL(join(root, TARGETS[target][0])),
    providerName: target.replace(/-.*/, ''),
    nodeTarget: 'node20',
  })
  return artifacts[0]?.path ?? ''
}

async function call(code: string, target: TargetName): Promise<Map<string, HttpAnswer>> {
  const calls = Object.values(requests).map((request) => {
    const { body, ...rest } = httpCall(request)
    return { ...rest, ...(body && { body: Buffer.from(body).toString('base64') }) }
  })
  const job = {
    entry: pathToFileURL(join(code, 'sls_app.js')).href,
    emulator: join(root, TARGETS[target][1]),
    calls,
    info: { ...info, function: 'app', timeoutSec: 60 },
  }
  const { stdout, stderr } = await run(process.execPath, [join(root, 'test/web/call.mjs')], {
    cwd: code,
    input: JSON.stringify(job),
  })
  const last = stdout.split('\n').at(-1) ?? ''
  if (!last.startsWith('[')) throw new Error(`${target}: ${stdout}\n${stderr}`)
  const answers = (JSON.parse(last) as (HttpAnswer & { body: unknown })[]).map((answer) => ({
    ...answer,
    body: Buffer.from(String(answer.body), 'base64'),
  }))
  return new Map(Object.keys(requests).map((name, index) => [name, answers[index] as HttpAnswer]))
}

function check(answers: Map<string, HttpAnswer>, { files }: AppFixture, target: TargetName): void {
  const of = (name: string) => answers.get(name) as HttpAnswer
  const at = { target }
  expect({ ...at, status: of('root').status, text: text(of('root')) }).toEqual({
    ...at,
    status: 200,
    text: 'Hello World!',
  })
  expect({ ...at, status: of('json').status, ...JSON.parse(text(of('json'))) }).toEqual({
    ...at,
    status: 201,
    got: { a: '€' },
  })
  expect({ ...at, text: text(of('stream')) }).toEqual({ ...at, text: 'abc' })
  const cookies = headers(of('cookies'), 'set-cookie').map((cookie) => cookie.replace(/;.*/, ''))
  expect({ ...at, cookies: cookies.filter((cookie) => /^[ab]=/.test(cookie)) }).toEqual({
    ...at,
    cookies: ['a=1', 'b=2'],
  })
  expect({ ...at, status: of('fail').status }).toEqual({ ...at, status: 500 })
  // The event of the function URL holds the body as text: docs/handler.md, "Where platforms differ".
  if (target === 'tencent') return
  expect({ ...at, body: Buffer.from(of('bytes').body) }).toEqual({ ...at, body: BYTES })
  expect(header(of('bytes'), 'content-type')).toContain('image/png')
  if (!Object.values(files).some((content) => content.includes('/upload'))) return
  expect(JSON.parse(text(of('upload')))).toEqual({ name: 'a.bin', size: 5, title: 'mine' })
}
