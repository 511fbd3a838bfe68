import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { until } from '../local/fixture.ts'
import { Inspector, type Params } from '../local/inspector.ts'
import { hello, startDev } from './dev-session.ts'

const SLS = fileURLToPath(new URL('../../bin/sls.js', import.meta.url))

const SOURCE = `interface Greeting { text: string }

function greet(name: string): Greeting {
  return { text: 'hello ' + name }
}

export const handler = async (ctx: { query: Record<string, string> }): Promise<Greeting> => {
  const name = ctx.query.name ?? 'Ada'
  return greet(name)
}
`

interface Frame {
  readonly callFrameId: string
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number }
}

/** A debugger that knows the source of the bundle, as an editor does. */
class Debugger {
  readonly inspector: Inspector
  readonly #bundle: string
  readonly #map: SourceMap

  constructor(inspector: Inspector, dir: string) {
    this.inspector = inspector
    this.#bundle = join(dir, '.sls/run/hello/cjs/hello.cjs')
    this.#map = new SourceMap(JSON.parse(readFileSync(`${this.#bundle}.map`, 'utf8')))
  }

  /** Sets a breakpoint on a line of hello.ts, counted from 1. */
  async breakOn(line: number): Promise<void> {
    const rows = readFileSync(this.#bundle, 'utf8').split('\n')
    const lineNumber = rows.findIndex((row, at) => {
      const column = row.search(/\S/)
      const entry = this.#map.findEntry(at, column) as { originalSource?: string; originalLine?: number }
      return entry.originalSource?.endsWith('hello.ts') && entry.originalLine === line - 1
    })
    await this.inspector.send('Debugger.setBreakpointByUrl', { url: pathToFileURL(this.#bundle).href, lineNumber })
  }

  async paused(): Promise<Frame> {
    const event: Params = await this.inspector.event('Debugger.paused')
    return (event['callFrames'] as Frame[])[0] as Frame
  }

  /** The line of hello.ts, from 1. */
  lineOf({ location: { lineNumber, columnNumber } }: Frame): number {
    return (this.#map.findEntry(lineNumber, columnNumber) as { originalLine: number }).originalLine + 1
  }

  async valueOf(frame: Frame, expression: string): Promise<unknown> {
    const params = { callFrameId: frame.callFrameId, expression, returnByValue: true }
    const { result } = await this.inspector.send('Debugger.evaluateOnCallFrame', params)
    return (result as { value: unknown }).value
  }
}

test('a breakpoint in TypeScript is hit through sls invoke --debug, variables are read, a step leads into a function', async () => {
  const dev = await startDev({ 'serverless.yml': hello(), 'hello.ts': SOURCE })
  const child = spawn(process.execPath, [SLS, 'invoke', '--debug=19329', '--path', '/?name=Grace'], {
    cwd: dev.dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const answer = text(child.stdout)
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    told += chunk
  })
  const url = await until(() => /ws:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]+/.exec(told)?.[0], 'the address')
  await until(() => told.includes('devtools://devtools/bundled/js_app.html?'), 'the address for DevTools')
  const inspector = await Inspector.attach(url)
  const debug = new Debugger(inspector, dev.dir)
  await inspector.send('Debugger.enable')
  await inspector.send('Runtime.enable')
  await debug.breakOn(9)
  await inspector.send('Runtime.runIfWaitingForDebugger')
  await inspector.event('Debugger.paused')
  inspector.resume()
  const frame = await debug.paused()
  expect([debug.lineOf(frame), await debug.valueOf(frame, 'name')]).toEqual([9, 'Grace'])
  await inspector.send('Debugger.stepInto')
  const inside = await debug.paused()
  expect([debug.lineOf(inside), await debug.valueOf(inside, 'name')]).toEqual([4, 'Grace'])
  inspector.resume()
  expect(await answer).toBe('{"text":"hello Grace"}')
  inspector.close()
})

test('sls dev --debug gives every function an inspector, which is on its port again after a reload', async () => {
  const dev = await startDev({ 'serverless.yml': hello(), 'hello.ts': SOURCE }, { debugPort: 19_350 })
  const address = (): string | undefined => dev.phases('debugger of hello').at(-1)?.note
  const first = await until(address, 'the address')
  expect(first).toContain(':19350/')
  const inspector = await Inspector.attach(first)
  await inspector.send('Debugger.enable')
  const debug = new Debugger(inspector, dev.dir)
  await debug.breakOn(8)
  const running = dev.get('/?name=Ada')
  const frame = await debug.paused()
  expect([debug.lineOf(frame), await debug.valueOf(frame, 'ctx.query.name')]).toEqual([8, 'Ada'])
  inspector.resume()
  expect(await running).toBe('{"text":"hello Ada"}')
  inspector.close()
  dev.write('hello.ts', SOURCE.replace('hello ', 'good day '))
  await until(async () => (await dev.get('/')) === '{"text":"good day Ada"}', 'the new version')
  const second = await until(() => address() !== first && address(), 'the new address')
  expect(second).toContain(':19350/')
  const next = await Inspector.attach(second)
  await next.send('Debugger.enable')
  next.close()
})
