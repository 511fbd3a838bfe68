import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Answer, type CallInfo, isSlsError, type LogLine, type PlatformCall } from '@anyfaas/kit'
import type { Signature } from '@anyfaas/runtime'
import { build } from 'esbuild'
import { afterEach, describe, expect, test } from 'vitest'
import { localProvider } from '../../src/local/provider.ts'
import { runOnce } from '../../src/local/run-once.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { isAlive, until } from './fixture.ts'

const runtime = localProvider.targets[0].runtime
const roots: string[] = []

afterEach(() => {
  for (const root of roots.splice(0)) removeFolder(root)
})

interface Case {
  readonly files: Readonly<Record<string, string>>
  readonly call?: PlatformCall
  readonly signature?: Signature
  readonly timeoutSec?: number
  readonly memoryMb?: number
  readonly environment?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly handler?: string
}

const GET: PlatformCall = { kind: 'http', method: 'GET', url: '/', headers: [] }
const EVENT: PlatformCall = { kind: 'event', data: { n: 1 } }

function folder(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sls-once-')))
  roots.push(root)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

function infoOf({ timeoutSec = 3, memoryMb = 128 }: Partial<Case>): CallInfo {
  const ids = { service: 'shop', function: 'f', stage: 'dev', requestId: 'r-1', region: 'local' }
  return { ...ids, time: Date.UTC(2030, 0, 1), timeoutSec, memoryMb }
}

async function run(given: Case, lines: LogLine[] = []): Promise<Answer> {
  const { files, call = GET, signature = 'context', handler = 'handler' } = given
  const root = folder(files)
  const main = ['f.js', 'f.mjs', 'f.cjs'].find((name) => name in files) ?? 'f.js'
  const route = { path: '/*', methods: [] }
  return await runOnce({
    launch: {
      runtime: fileURLToPath(runtime.entry),
      manifest: {
        ...{ service: 'shop', stage: 'dev', provider: 'local', function: 'f' },
        members: [{ name: 'f', handler, signature, routes: [route], triggers: [], timeoutSec: given.timeoutSec ?? 3 }],
      },
      modules: { f: { handler: join(root, main) } },
      cwd: root,
    },
    emulator: runtime.emulator,
    call,
    info: infoOf(given),
    environment: given.environment ?? {},
    signal: given.signal ?? new AbortController().signal,
    onLog: (line) => lines.push(line),
  })
}

async function failureOf(given: Case, lines: LogLine[] = []) {
  const failure = await run(given, lines).then(
    (answer) => answer,
    (error: unknown) => error,
  )
  if (!isSlsError(failure) || !failure.diagnostics[0]) throw new Error(`no failure: ${JSON.stringify(failure)}`)
  const [first] = failure.diagnostics
  const text = first.at && failure.sources?.(first.at.file)
  return {
    ...first,
    marked: first.at && text?.slice(first.at.start, first.at.end),
    file: first.at?.file.split('/').at(-1),
  }
}

describe('a single call', () => {
  test('answers a request, bytes included', async () => {
    const body = Uint8Array.from({ length: 3 << 20 }, (_, index) => (index * 31) % 256)
    const answer = await run({
      files: {
        'f.js':
          'exports.handler = async (ctx) => { ctx.set("x-m", ctx.method); ctx.status = 201; return Buffer.from(ctx.request.rawBody).reverse() }',
      },
      call: { ...GET, method: 'POST', body },
    })
    if (answer.kind !== 'http') throw new Error('no http answer')
    expect([answer.status, answer.headers.find(([name]) => name === 'x-m')?.[1]]).toEqual([201, 'POST'])
    expect(Buffer.compare(answer.body, Buffer.from(body).reverse())).toBe(0)
  })

  test.each([
    [
      'a CommonJS module',
      { 'f.js': 'exports.handler = async (ctx, event) => [event.type, event.data, process.cwd()].join()' },
    ],
    [
      'an ES module',
      { 'f.mjs': 'export const handler = async (ctx, event) => [event.type, event.data, process.cwd()].join()' },
    ],
    [
      'an ES module that awaits',
      {
        'f.mjs': 'await 1; export const handler = async (ctx, event) => [event.type, event.data, process.cwd()].join()',
      },
    ],
  ])('gives an event to %s', async (_, files) => {
    const answer = await run({ files, call: { kind: 'event', data: 'd' } })
    expect(answer).toEqual({ kind: 'value', value: expect.stringMatching(/^anyfaas\.event,d,\/.+sls-once-/) })
  })

  test('finds handlers inside objects, frozen ones too', async () => {
    const files = {
      'f.mjs':
        'class Api { #n = 7; async detail() { return this.#n } }; export const api = new Api(); export default Object.freeze({ other: { go: async () => 8 } })',
    }
    expect(await run({ files, handler: 'api.detail', call: EVENT })).toEqual({ kind: 'value', value: 7 })
    expect(await run({ files, handler: 'other.go', call: EVENT })).toEqual({ kind: 'value', value: 8 })
    const page = { 'f.mjs': 'export default { fetch: () => new Response("page") }' }
    const answer = await run({ files: page, signature: 'fetch' })
    expect(answer.kind === 'http' && Buffer.from(answer.body).toString()).toBe('page')
  })

  test('sees the variables of the function and nothing of the caller', async () => {
    process.env['SLS_TEST_OF_CALLER'] = 'leaked'
    const files = { 'f.js': 'exports.handler = async () => Object.keys(process.env).sort().join()' }
    const answer = await run({ files, call: EVENT, environment: { OWN: '1' } })
    delete process.env['SLS_TEST_OF_CALLER']
    expect(answer).toEqual({ kind: 'value', value: 'HOME,LANG,OWN,PATH,TMPDIR,TZ' })
  })

  test('tells what the function prints as it prints it, to the last line', async () => {
    const lines: LogLine[] = []
    const files = {
      'f.js':
        'exports.handler = async () => { console.log("a\\nb"); console.error("c"); for (let n = 0; n < 5000; n++) console.log(n); return 1 }',
    }
    await run({ files, call: EVENT }, lines)
    expect(lines.filter(({ stream }) => stream === 'err').map(({ text }) => text)).toEqual(['c'])
    expect(lines.filter(({ stream }) => stream === 'out').map(({ text }) => text)).toEqual(
      ['a', 'b', ...Array(5000).keys()].map(String),
    )
    expect(lines[0]).toMatchObject({ function: 'f', requestId: 'r-1' })
  })
})

describe('a failing call', () => {
  test('shows the place in JavaScript', async () => {
    const files = {
      'f.js': `const helper = require('./lib/helper')\nexports.handler = async () => {\n  helper()\n}\n`,
      'lib/helper.js': 'module.exports = () => {\n  throw new TypeError("no title")\n}\n',
    }
    const found = await failureOf({ files, call: EVENT })
    expect(found).toMatchObject({
      code: 'SLS7010',
      message: 'function "f" failed: TypeError: no title',
      file: 'helper.js',
      marked: 'new',
    })
    expect(found.notes?.[1]?.message).toContain('f.js:3')
    expect(await failureOf({ files })).toMatchObject({ code: 'SLS7010', file: 'helper.js' })
  })

  test('shows the place in TypeScript that was bundled', async () => {
    const root = folder({
      'src/f.ts': `interface Post { title: string }\n\nexport const handler = async (): Promise<Post> => {\n  const post: Post | undefined = undefined as Post | undefined\n  return { title: post!.title }\n}\n`,
    })
    await build({
      entryPoints: [join(root, 'src/f.ts')],
      outfile: join(root, '.sls/f.js'),
      bundle: true,
      format: 'cjs',
      platform: 'node',
      sourcemap: 'inline',
    })
    const failure = await runOnce({
      launch: {
        runtime: fileURLToPath(runtime.entry),
        manifest: {
          ...{ service: 'shop', stage: 'dev', provider: 'local', function: 'f' },
          members: [{ name: 'f', handler: 'handler', signature: 'context', routes: [], triggers: [], timeoutSec: 3 }],
        },
        modules: { f: { handler: join(root, '.sls/f.js') } },
        cwd: root,
      },
      emulator: runtime.emulator,
      call: EVENT,
      info: infoOf({}),
      environment: {},
      signal: new AbortController().signal,
      onLog: () => undefined,
    }).catch((error: unknown) => error)
    const place = isSlsError(failure) ? failure.diagnostics[0]?.at : undefined
    expect(place?.file).toBe(join(root, 'src/f.ts'))
    const before = isSlsError(failure) ? failure.sources?.(place?.file ?? '')?.slice(0, place?.start) : undefined
    expect(before?.split('\n')).toHaveLength(5)
  })

  test('shows a syntax error, a missing module and a missing export', async () => {
    expect(await failureOf({ files: { 'f.js': 'exports.a = 1\nconst = 2\n' } })).toMatchObject({
      message: expect.stringContaining("SyntaxError: Unexpected token '='"),
      file: 'f.js',
      marked: '=',
    })
    expect(await failureOf({ files: { 'f.js': 'require("./nowhere")' }, call: EVENT })).toMatchObject({
      message: expect.stringContaining('Cannot find module'),
      file: 'f.js',
    })
    expect(await failureOf({ files: { 'f.js': 'exports.other = 1' }, call: EVENT })).toMatchObject({
      message: expect.stringContaining('has no export "handler"'),
    })
  })

  test('understands what is thrown instead of an error', async () => {
    for (const thrown of ['"text"', 'null', 'undefined', '{ message: 7 }', 'Object.create(null)']) {
      expect(
        await failureOf({ files: { 'f.js': `exports.handler = async () => { throw ${thrown} }` }, call: EVENT }),
      ).toMatchObject({ code: 'SLS7010' })
    }
  })

  test.each([
    ['a late promise', 'await new Promise((resolve) => setTimeout(resolve, 60000))'],
    ['a busy loop', 'for (;;);'],
  ])('ends at its timeout: %s', async (_, body) => {
    const began = performance.now()
    for (const call of [EVENT, GET]) {
      expect(
        await failureOf({ files: { 'f.js': `exports.handler = async () => { ${body} }` }, timeoutSec: 1, call }),
      ).toMatchObject({ code: 'SLS7011', message: 'function "f" did not answer within its timeout of 1 s' })
    }
    expect(performance.now() - began).toBeLessThan(8000)
  })

  test('knows how a process ended', async () => {
    const messages: string[] = []
    const bodies = [
      'process.exit(3)',
      'process.kill(process.pid, "SIGTERM"); await new Promise((r) => setTimeout(r, 1000))',
      'setTimeout(() => { throw new Error("thrown in a timer") }); await new Promise((r) => setTimeout(r, 1000))',
    ]
    for (const body of bodies) {
      const { code, message } = await failureOf({
        files: { 'f.js': `exports.handler = async () => { ${body} }` },
        call: EVENT,
      })
      messages.push(`${code} ${message}`)
    }
    expect(messages).toEqual([
      'SLS7012 function "f" ended its process: exit code 3',
      'SLS7012 function "f" ended its process: signal SIGTERM',
      'SLS7012 function "f" ended its process: exit code 1',
    ])
    const eating = 'const all = []; for (;;) all.push(new Array(1e5).fill({}))'
    expect(
      await failureOf({
        files: { 'f.js': `exports.handler = async () => { ${eating} }` },
        memoryMb: 32,
        timeoutSec: 20,
      }),
    ).toMatchObject({ code: 'SLS7012', message: expect.stringContaining('more than its 32 MB of memory') })
  })

  test('is interrupted by the signal, and leaves no process', async () => {
    const stop = new AbortController()
    const lines: LogLine[] = []
    const files = { 'f.js': 'exports.handler = async () => { console.log(process.pid); for (;;); }' }
    const failing = failureOf({ files, signal: stop.signal, timeoutSec: 60 }, lines)
    const pid = Number((await until(() => lines[0], 'the pid')).text)
    stop.abort()
    expect(await failing).toMatchObject({ code: 'SLS5002' })
    await until(() => !isAlive(pid), 'the end of the process')
  })
})

describe('a single call of a server', () => {
  const SERVER = `require('node:http').createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => { body += chunk })
    request.on('end', () => {
      if (request.url === '/exit') process.exit(4)
      if (request.url === '/hang') return
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ url: request.url, method: request.method, own: request.headers['x-own'], body, pid: process.pid, env: process.env.OWN }))
    })
  }).listen(process.env.PORT)`

  async function serve(text: string, call: PlatformCall, timeoutSec = 3): Promise<Answer> {
    const cwd = folder({ 'server.js': text, run: '#!/bin/sh\nnode server.js\n' })
    return await runOnce({
      custom: { command: ['sh', './run'], cwd },
      emulator: runtime.emulator,
      call,
      info: infoOf({ timeoutSec }),
      environment: { OWN: '1' },
      signal: new AbortController().signal,
      onLog: () => undefined,
    })
  }

  test('passes requests and events, and ends the server', async () => {
    const answer = await serve(SERVER, {
      ...GET,
      method: 'PUT',
      url: '/a?b=1',
      headers: [['x-own', 'h']],
      body: Buffer.from('hé'),
    })
    const seen = answer.kind === 'http' ? JSON.parse(Buffer.from(answer.body).toString()) : undefined
    expect(seen).toMatchObject({ url: '/a?b=1', method: 'PUT', own: 'h', body: 'hé', env: '1' })
    await until(() => !isAlive(seen.pid), 'the end of the server')
    const value = await serve(SERVER, { kind: 'timer', trigger: 'nightly', data: 5 })
    const event = value.kind === 'value' ? (value.value as { url: string; body: string }) : undefined
    expect(event?.url).toBe('/invoke')
    expect(JSON.parse(event?.body ?? '')).toMatchObject({
      ...{
        specversion: '1.0',
        id: 'r-1',
        type: 'anyfaas.timer',
        source: '/shop/f/nightly',
        time: '2030-01-01T00:00:00.000Z',
      },
      data: { name: 'nightly', payload: 5 },
    })
  })

  test('knows why there is no answer', async () => {
    await expect(serve(SERVER, { ...GET, url: '/exit' })).rejects.toThrow(
      'SLS7012: function "f" ended its process: exit code 4',
    )
    await expect(serve(SERVER, { ...GET, url: '/hang' }, 1)).rejects.toThrow('SLS7011')
    await expect(serve('process.exit(2)', GET)).rejects.toThrow(
      'SLS7003: function "f" does not start: it ended its process (exit code 2)',
    )
  })
})
