import { stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Event, error, warning } from '../../src/kit/src/index.ts'
import { createReporter, type ReporterOptions } from '../../src/ui/reporter.ts'
import { at } from './draw.ts'
import { createPaper, plain } from './paper.ts'

const TEXT = 'service: shop\nold: 1\nevnts: 2\n'
const sources = (file: string): string | undefined => (file.endsWith('serverless.yml') ? TEXT : undefined)

const olderWord = warning('SLS1030', 'an older word', { at: at(TEXT, 'old', { file: '/srv/serverless.yml' }) })
const unknownKey = error('SLS1002', 'unknown key "evnts"', {
  at: at(TEXT, 'evnts', { file: '/srv/serverless.yml' }),
  help: ['did you mean "events"?'],
})

const STEP = { kind: 'step', id: 'function/api', type: 'function', action: 'create' } as const
const RUN: readonly Event[] = [
  { kind: 'diagnostic', diagnostic: olderWord, sources },
  { kind: 'phase', name: 'package', state: 'start' },
  { kind: 'phase', name: 'package', state: 'done', durationMs: 123.4 },
  { ...STEP, state: 'start' },
  { ...STEP, state: 'note', note: 'waits for the role' },
  { ...STEP, state: 'done', durationMs: 61_000 },
  { ...STEP, id: 'function/old', action: 'keep', state: 'done' },
  { ...STEP, id: 'trigger/t', action: 'delete', state: 'failed', durationMs: 5, note: 'refused' },
  { ...STEP, id: 'trigger/u', action: 'update', state: 'skipped' },
  { kind: 'log', line: { time: 0, function: 'api', stream: 'out', text: 'hello' } },
]

function open(options: Partial<ReporterOptions> & { isTerminal?: boolean } = {}) {
  const { isTerminal = false, ...rest } = options
  const out = createPaper({ isTerminal })
  const err = createPaper({ isTerminal })
  const screens = { out: { output: out, style: plain }, err: { output: err, style: plain } }
  return { out, err, reporter: createReporter({ ...screens, env: {}, cwd: '/srv', ...rest }) }
}

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

test('the same mistake is told again when it belongs to another moment', () => {
  const { err, reporter } = open()
  for (let time = 0; time < 2; time++) {
    reporter.tell({ kind: 'diagnostic', diagnostic: unknownKey, sources, isAgain: true })
    reporter.tell({ kind: 'phase', name: 'reload', state: 'failed' })
  }
  expect(err.text().match(/unknown key/g)).toHaveLength(2)
})

test('without a terminal every event is a line, and stdout has the result alone', async () => {
  const { out, err, reporter } = open()
  for (const event of RUN) reporter.tell(event)
  reporter.finish({ ok: true, data: {}, text: 'http://127.0.0.1:1/\n', closing: 'deployed 1 function' })
  expect(out.text()).toBe('http://127.0.0.1:1/\n')
  await expect(err.text()).toMatchFileSnapshot('golden/report-plain.txt')
})

test('a long phase says how far it is: on a terminal in its line, elsewhere not at all', () => {
  const going = {
    kind: 'phase',
    name: 'package',
    state: 'going',
    progress: { done: 54, total: 143, unit: 'MB' },
  } as const
  const terminal = open({ isTerminal: true })
  terminal.reporter.tell({ kind: 'phase', name: 'package', state: 'start' })
  vi.advanceTimersByTime(1000)
  terminal.reporter.tell(going)
  expect(terminal.err.text()).toMatch(/package {2}54 of 143 MB {2}1(?:\.0)? s$/)
  const pipe = open()
  pipe.reporter.tell({ kind: 'phase', name: 'package', state: 'start' })
  pipe.reporter.tell(going)
  expect(pipe.err.text()).toBe('package …\n')
})

test.each([true, false])(
  'what is only said stays on the screen, and nothing moves for it: terminal %s',
  (isTerminal) => {
    const { err, reporter } = open({ isTerminal })
    reporter.tell({ kind: 'phase', name: 'AWS does not answer', state: 'note' })
    const written = err.text()
    expect(written).toBe('• AWS does not answer\n')
    vi.advanceTimersByTime(1000)
    expect(err.text()).toBe(written)
  },
)

test('on a terminal a line moves below what is done, and is gone at the end', () => {
  const { err, reporter } = open({ isTerminal: true })
  reporter.tell({ kind: 'phase', name: 'package', state: 'start' })
  expect(err.text()).toBe('⠋ package  0 ms')
  vi.advanceTimersByTime(250)
  expect(err.text()).toContain('\r\u001b[K⠙ package')
  reporter.tell({ kind: 'phase', name: 'package', state: 'done', durationMs: 250 })
  reporter.tell({ ...STEP, state: 'start' })
  reporter.tell({ ...STEP, id: 'function/b', state: 'start' })
  reporter.finish({ ok: true, data: {}, text: '' })
  const written = err.text()
  expect(written).toContain('\r\u001b[K✓ package  250 ms\n')
  expect(written).toContain(' create function/api  0 ms\r\u001b[K')
  expect(written).toContain('create function/b and 1 more')
  expect(written.endsWith('\r\u001b[K')).toBe(true)
  vi.advanceTimersByTime(1000)
  expect(err.text()).toBe(written)
})

test('no cursor moves in CI, on a dumb terminal, or in a file', () => {
  for (const options of [{ isTerminal: true, env: { CI: '1' } }, { isTerminal: true, env: { TERM: 'dumb' } }, {}]) {
    const { err, reporter } = open(options)
    for (const event of RUN) reporter.tell(event)
    reporter.finish({ ok: true, data: {}, text: '' })
    expect(stripVTControlCharacters(err.text())).toBe(err.text())
    expect(err.text()).not.toContain('\r')
  }
})

test('what was told and is thrown again is shown once, in file order', async () => {
  const { err, out, reporter } = open()
  reporter.tell({ kind: 'diagnostic', diagnostic: olderWord, sources })
  const found = [unknownKey, olderWord].map((diagnostic) => ({ diagnostic, sources }))
  reporter.finish({ ok: false, found, trace: 'Error: m\n    at f' })
  expect(out.text()).toBe('')
  await expect(err.text()).toMatchFileSnapshot('golden/report-failure.txt')
})

test('GitHub Actions get annotations, with paths from the root of the checkout', () => {
  const env = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: '/' }
  const { err, reporter } = open({ env })
  reporter.tell({ kind: 'diagnostic', diagnostic: olderWord, sources })
  reporter.finish({
    ok: false,
    found: [{ diagnostic: unknownKey, sources }, { diagnostic: error('SLS0002', '100% a,b:c\nd') }],
  })
  const lines = err.text().split('\n')
  expect(lines.filter((line) => line.startsWith('::'))).toEqual([
    '::warning file=srv/serverless.yml,line=2,endLine=2,col=1,endColumn=4,title=SLS1030%3A older spelling::an older word',
    '::error file=srv/serverless.yml,line=3,endLine=3,col=1,endColumn=6,title=SLS1002%3A unknown key::unknown key "evnts"%0Ahelp: did you mean "events"?',
    '::error title=SLS0002%3A the option needs another value::100%25 a,b:c%0Ad',
  ])
  expect(err.text()).toContain('╭─ serverless.yml:3:1')
})

test('--json is one object on stdout and silence elsewhere', () => {
  const { err, out, reporter } = open({ json: 'final' })
  for (const event of RUN) reporter.tell(event)
  reporter.remark('words')
  reporter.finish({ ok: true, data: { url: 'u' }, text: 'text', closing: 'closing' })
  expect(err.text()).toBe('')
  const place = {
    file: '/srv/serverless.yml',
    start: { offset: 14, line: 2, column: 1 },
    end: { offset: 17, line: 2, column: 4 },
  }
  const title = 'older spelling'
  expect(JSON.parse(out.text())).toEqual({
    ok: true,
    result: { url: 'u' },
    diagnostics: [{ code: 'SLS1030', severity: 'warning', title, message: 'an older word', at: place }],
  })
})

test('--json=stream is every event as a line, and then the end', () => {
  const { out, reporter } = open({ json: 'stream' })
  for (const event of RUN) reporter.tell(event)
  reporter.finish({ ok: false, found: [{ diagnostic: unknownKey, sources }] })
  const lines = out
    .text()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; ok?: boolean; diagnostics?: { code: string }[] })
  expect(lines.map((line) => line.kind)).toEqual([...RUN.map((event) => event.kind), 'result'])
  expect(lines.at(-1)?.ok).toBe(false)
  expect(lines.at(-1)?.diagnostics?.map((one) => one.code)).toEqual(['SLS1030', 'SLS1002'])
})

test('log lines are on stdout where they are the result', () => {
  const line = { time: Date.UTC(2030, 0, 31, 8), function: 'api', stream: 'out', text: 'a\nb\n' } as const
  const result = open({ logs: 'result' })
  result.reporter.tell({ kind: 'log', line })
  expect(result.out.text()).toBe('2030-01-31T08:00:00.000Z api │ a\n2030-01-31T08:00:00.000Z api │ b\n')
  expect(result.err.text()).toBe('')
  const side = open()
  side.reporter.tell({ kind: 'log', line })
  expect(side.out.text()).toBe('')
  expect(side.err.text()).toBe('api │ a\napi │ b\n')
})

test('bytes reach stdout as they are', () => {
  const { out, reporter } = open()
  reporter.finish({ ok: true, data: {}, text: new Uint8Array([0, 255, 10]) })
  expect([...out.bytes()]).toEqual([0, 255, 10])
})
