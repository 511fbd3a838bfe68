import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Answer, LogLine, PlatformCall } from '@anyfaas/kit'
import type { Member } from '@anyfaas/runtime'
import { build } from 'esbuild'
import { afterEach, expect, test } from 'vitest'
import { type DebuggerAddress, runOnce } from '../../src/local/run-once.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { Inspector, type Params } from './inspector.ts'

const roots: string[] = []

afterEach(() => {
  for (const root of roots.splice(0)) removeFolder(root)
})

const GET: PlatformCall = { kind: 'http', method: 'GET', url: '/hello?name=Ada', headers: [] }
const TIMER: PlatformCall = { kind: 'timer', trigger: 't', data: 'Ada' }

interface Frame {
  readonly functionName: string
  readonly callFrameId: string
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number }
}

interface Session {
  readonly address: DebuggerAddress
  readonly inspector: Inspector
  readonly answer: Promise<Answer>
  readonly lines: LogLine[]
  /** Of the TypeScript source: line, from 1, for a frame. */
  lineOf(frame: Frame): [string, number]
}

const LOCAL = new URL('../../dist/local/', import.meta.url)

async function start(
  source: string,
  {
    call = GET,
    port = 0,
    member = {},
    platform = LOCAL,
    provider = 'local',
  }: Partial<{ call: PlatformCall; port: number; member: Partial<Member>; platform: URL; provider: string }> = {},
): Promise<Session> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sls-debug-')))
  roots.push(root)
  writeFileSync(join(root, 'hello.ts'), source)
  const outfile = join(root, '.sls/hello.js')
  await build({
    entryPoints: [join(root, 'hello.ts')],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    sourcemap: 'linked',
  })
  const lines: LogLine[] = []
  let answer: Promise<Answer> = Promise.reject(new Error('not begun'))
  answer.catch(() => undefined)
  const address = await new Promise<DebuggerAddress>((resolve, reject) => {
    answer = runOnce({
      launch: {
        runtime: fileURLToPath(new URL('runtime.cjs', platform)),
        manifest: {
          ...{ service: 'shop', stage: 'dev', provider, function: 'hello' },
          members: [
            {
              name: 'hello',
              handler: 'handler',
              signature: 'context',
              routes: [{ path: '/*', methods: [] }],
              triggers: [],
              timeoutSec: 1,
              ...member,
            },
          ],
        },
        modules: { hello: { handler: outfile } },
        cwd: root,
      },
      emulator: new URL('emulator.cjs', platform),
      call,
      info: {
        service: 'shop',
        function: 'hello',
        stage: 'dev',
        requestId: 'r',
        region: 'r',
        time: Date.now(),
        timeoutSec: 30,
        memoryMb: 256,
      },
      environment: {},
      debug: { port: port || 19_229, onListening: resolve },
      signal: AbortSignal.timeout(25_000),
      onLog: (line) => lines.push(line),
    })
    answer.catch(reject)
  })
  const map = new SourceMap(JSON.parse(readFileSync(`${outfile}.map`, 'utf8')))
  const inspector = await Inspector.attach(address.url)
  return {
    address,
    answer,
    lines,
    inspector,
    lineOf: ({ location: { scriptId, lineNumber, columnNumber } }) => {
      const url = inspector.scripts.get(scriptId) ?? ''
      if (url !== pathToFileURL(outfile).href) return [url, lineNumber + 1]
      const entry = map.findEntry(lineNumber, columnNumber) as { originalSource: string; originalLine: number }
      return [entry.originalSource.split('/').at(-1) ?? '', entry.originalLine + 1]
    },
  }
}

/** Attaches, lets it run until it pauses, and steps into once. */
async function stepInto({ inspector }: Session): Promise<{ paused: Frame[]; stepped: Frame[] }> {
  await inspector.send('Debugger.enable')
  await inspector.send('Runtime.enable')
  await inspector.send('Runtime.runIfWaitingForDebugger')
  const first = await inspector.event('Debugger.paused')
  await inspector.send('Debugger.stepInto')
  const second = await inspector.event('Debugger.paused')
  return { paused: framesOf(first), stepped: framesOf(second) }
}

function framesOf(paused: Params): Frame[] {
  return paused['callFrames'] as unknown as Frame[]
}

async function evaluate({ inspector }: Session, frame: Frame | undefined, expression: string): Promise<unknown> {
  const params = { callFrameId: frame?.callFrameId, expression, returnByValue: true }
  const { result } = await inspector.send('Debugger.evaluateOnCallFrame', params)
  return (result as unknown as { value: unknown }).value
}

const HELLO = `interface Greeting { text: string }

function greet(name: string): Greeting {
  return { text: 'hello ' + name }
}

export const handler = async (ctx: { query: Record<string, string> }): Promise<Greeting> => {
  const name = ctx.query.name
  return greet(name)
}
`

test('one step into leads to the first line of the handler in its TypeScript', async () => {
  const session = await start(HELLO)
  expect(session.address.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]{36}$/)
  expect(session.address.devtools).toBe(
    `devtools://devtools/bundled/js_app.html?experiments=true&v8only=true&ws=${session.address.url.slice(5)}`,
  )
  const { paused, stepped } = await stepInto(session)
  const source = await session.inspector.send('Debugger.getScriptSource', { scriptId: paused[0]?.location.scriptId })
  expect(String(source['scriptSource']).split('\n')[paused[0]?.location.lineNumber ?? 0]).toContain(
    'run.apply(owner, args)',
  )
  expect(session.lineOf(stepped[0] as Frame)).toEqual(['hello.ts', 8])
  expect(await evaluate(session, stepped[0], 'ctx.query.name')).toBe('Ada')
  await session.inspector.send('Debugger.stepOver')
  const next = framesOf(await session.inspector.event('Debugger.paused'))
  expect(session.lineOf(next[0] as Frame)).toEqual(['hello.ts', 9])
  expect(await evaluate(session, next[0], 'name')).toBe('Ada')
  // Longer than the function's own timeout.
  await new Promise((resolve) => setTimeout(resolve, 1200))
  session.inspector.resume()
  const answer = await session.answer
  session.inspector.close()
  expect(answer.kind === 'http' && [answer.status, Buffer.from(answer.body).toString()]).toEqual([
    200,
    '{"text":"hello Ada"}',
  ])
  expect(session.lines).toEqual([])
})

test.each([
  [
    'fetch',
    `export const handler = { async fetch(request: Request) {\n  const url = new URL(request.url)\n  return new Response(url.search)\n} }\n`,
    GET,
    'request.method',
    'GET',
  ],
  [
    'express',
    `export function handler(req: any, res: any): void {\n  const name = req.query.name\n  res.send(name)\n}\n`,
    GET,
    'req.query.name',
    'Ada',
  ],
  [
    'cloudevent',
    `export const handler = (event: any) => {\n  const { payload } = event.data\n  return payload\n}\n`,
    TIMER,
    'event.data.payload',
    'Ada',
  ],
  [
    'raw',
    `export const handler = (event: any, context: any) => {\n  const data = event.data\n  return data\n}\n`,
    TIMER,
    'event.data',
    'Ada',
  ],
] as const)('so it does for the signature %s', async (signature, source, call, expression, value) => {
  const session = await start(source, { call, member: { signature } })
  const { stepped } = await stepInto(session)
  expect(session.lineOf(stepped[0] as Frame)).toEqual(['hello.ts', 2])
  expect(await evaluate(session, stepped[0], expression)).toBe(value)
  session.inspector.resume()
  await session.answer
  session.inspector.close()
})

test.each([
  ['aliyun', 'fc2'],
  ['aliyun', 'fc3'],
  ['aws', 'lambda'],
  ['tencent', 'scf'],
])('so it does inside the runtime of %s %s', async (provider, name) => {
  const platform = new URL(`../../plugins/${provider}/dist/${name}/`, import.meta.url)
  const session = await start(HELLO, { platform, provider })
  const { stepped } = await stepInto(session)
  expect(session.lineOf(stepped[0] as Frame)).toEqual(['hello.ts', 8])
  expect(await evaluate(session, stepped[0], 'ctx.query.name')).toBe('Ada')
  session.inspector.resume()
  expect(await session.answer).toMatchObject({ kind: 'http', status: 200 })
  session.inspector.close()
})

test('a debugger that leaves while it is paused lets the call run on', async () => {
  const session = await start(HELLO)
  await stepInto(session)
  session.inspector.close()
  expect(await session.answer).toMatchObject({ kind: 'http', status: 200 })
})

test('a busy port gives way to the next one', async () => {
  const busy = createServer().listen(19_300, '127.0.0.1')
  const session = await start(HELLO, { port: 19_300 })
  expect(Number(new URL(session.address.url).port)).toBeGreaterThan(19_300)
  await session.inspector.send('Runtime.runIfWaitingForDebugger')
  session.inspector.close()
  await session.answer
  busy.close()
})
