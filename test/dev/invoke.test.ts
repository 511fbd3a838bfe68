import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AnswerEvent, Event } from '@anyfaas/kit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeDebugConfig } from '../../src/actions/debug-config.ts'
import { invoke } from '../../src/actions/invoke.ts'
import { invokeAgain } from '../../src/actions/invoke-again.ts'
import type { ActionIo } from '../../src/actions/io.ts'
import { drawInvocation } from '../../src/ui/invocation-text.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { until } from '../local/fixture.ts'
import { plain } from '../ui/paper.ts'
import { hello } from './dev-session.ts'

let dir = ''
let end = new AbortController()
let events: Event[] = []

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'sls-invoke-')))
  end = new AbortController()
  events = []
})

afterEach(() => {
  end.abort()
  removeFolder(dir)
})

function write(name: string, text: string): void {
  writeFileSync(join(dir, name), text)
}

function io(): ActionIo {
  return { env: {}, cwd: dir, tell: (event) => void events.push(event), signal: end.signal }
}

function bodies(): string[] {
  return events
    .filter((event): event is AnswerEvent => event.kind === 'answer')
    .map(({ answer }) => (answer.kind === 'http' ? Buffer.from(answer.body).toString() : String(answer.value)))
}

test('a measured call has its parts, its cold time and as many warm calls as asked for', async () => {
  write('serverless.yml', hello())
  write(
    'hello.ts',
    `let calls = 0\nexport const handler = async () => { await new Promise((r) => setTimeout(r, 30)); return String(++calls) }\n`,
  )
  const { timing, answer, ...rest } = await invoke({ warmCalls: 3 }, io())
  expect(answer.kind === 'http' && Buffer.from(answer.body).toString()).toBe('1')
  expect(timing?.warmMs).toHaveLength(3)
  for (const ms of timing?.warmMs ?? []) expect(ms).toBeGreaterThan(25)
  expect(timing?.marks.map(({ name }) => name)).toEqual([
    'Node.js starts',
    'runtime',
    'code of hello',
    'handler handler',
    'call',
  ])
  const called = timing?.marks.find(({ name }) => name === 'handler handler')
  expect(called?.durationMs).toBeGreaterThan(25)
  expect(timing?.coldMs).toBeGreaterThan(called?.durationMs ?? 0)
  expect(timing?.memoryMb).toBeGreaterThan(timing?.heapMb ?? 0)
  const text = drawInvocation({ ...rest, answer, timing } as Parameters<typeof drawInvocation>[0], plain)
  expect(text).toMatch(/cold +\d.*\nwarm .*median of 3.*\nmemory +\d+ MB/)
})

test('--watch calls again when a source changes, waits when the call fails, and not for what the function writes', async () => {
  write('serverless.yml', hello())
  write('word.ts', `export const word = 'one'\n`)
  write(
    'hello.ts',
    `import { writeFileSync } from 'node:fs'\nimport { word } from './word.ts'\nexport const handler = () => { writeFileSync('trail.json', String(Math.random())); return word }\n`,
  )
  const running = invokeAgain({}, io())
  await until(() => bodies().length === 1, 'the first answer')
  write('word.ts', 'export const word = (')
  await until(() => events.some((event) => event.kind === 'phase' && event.state === 'failed'), 'the failure')
  write('word.ts', `export const word = 'two'\n`)
  await until(() => bodies().length === 2, 'the second answer')
  expect(bodies()).toEqual(['one', 'two'])
  end.abort()
  expect((await running).calls).toBe(3)
})

test('a call without data gets a sample of its kind', async () => {
  write('serverless.yml', hello())
  write('hello.js', 'exports.handler = (ctx, event) => event.data\n')
  const { answer } = await invoke({ trigger: 'os', provider: 'aws' }, io())
  expect(answer).toMatchObject({ kind: 'value', value: { bucket: 'pictures', key: 'in/cat.png' } })
})

test('the launch configurations of VS Code stand beside those that are there', async () => {
  write('serverless.yml', hello('  other:\n    handler: hello.other\n'))
  write('hello.js', '')
  mkdirSync(join(dir, '.vscode'))
  const mine = { name: 'mine', type: 'node', request: 'launch' }
  write('.vscode/launch.json', JSON.stringify({ version: '0.2.0', configurations: [mine] }))
  await makeDebugConfig({ write: true }, io())
  const { path } = await makeDebugConfig({ write: true }, io())
  const file = JSON.parse(readFileSync(path ?? '', 'utf8')) as {
    configurations: { name: string; port?: number }[]
    compounds: { configurations: string[] }[]
  }
  expect(file.configurations.map(({ name, port }) => [name, port])).toEqual([
    ['mine', undefined],
    ['sls invoke hello', undefined],
    ['sls invoke other', undefined],
    ['sls dev --debug: hello', 9229],
    ['sls dev --debug: other', 9230],
  ])
  expect(file.compounds).toHaveLength(1)
  write('.vscode/launch.json', '{\n  // mine\n  "configurations": []\n}\n')
  await expect(makeDebugConfig({ write: true }, io())).rejects.toThrow('comments')
})
