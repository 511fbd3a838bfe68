import { expect, test } from 'vitest'
import type { Plan, Step } from '../../src/kit/src/index.ts'
import { describeAnswer, showAnswer } from '../../src/ui/answer.ts'
import { drawListening, drawRequest } from '../../src/ui/dev-text.ts'
import { formatDuration } from '../../src/ui/duration.ts'
import { drawDeployment } from '../../src/ui/info-text.ts'
import { createLogText } from '../../src/ui/log-text.ts'
import { drawMarkdown } from '../../src/ui/markdown.ts'
import { markPlan } from '../../src/ui/plan-markdown.ts'
import { drawPlan } from '../../src/ui/plan-text.ts'
import { wantsColor, wantsUnicode } from '../../src/ui/style.ts'
import { drawTable } from '../../src/ui/table.ts'
import { ascii, coloured, plain } from './paper.ts'

function step(id: string, action: Step['action'], because: Step['because'] = []): Step {
  return { id, type: 'function', action, because, needs: [] }
}

const PLAN: Plan = {
  service: 'shop',
  stage: 'dev',
  provider: 'aliyun',
  steps: [
    step('function/new', 'create'),
    step('function/api', 'update', [
      { field: 'memorySize', from: 512, to: 1024 },
      { field: 'description', to: 'x'.repeat(100) },
      { field: 'environment.OLD', from: 'a', to: undefined },
      { field: 'environment.TOKEN', secret: true },
    ]),
    step('trigger/t', 'replace', [{ field: 'name', from: 'a', to: 'b' }]),
    step('function/gone', 'delete'),
    step('function/same', 'keep'),
    step('function/same2', 'keep'),
  ],
}

test('a plan is signs and reasons', async () => {
  await expect(drawPlan(PLAN, plain)).toMatchFileSnapshot('golden/plan.txt')
  await expect(drawPlan(PLAN, ascii)).toMatchFileSnapshot('golden/plan-ascii.txt')
  await expect(markPlan(PLAN, plain)).toMatchFileSnapshot('golden/plan.md')
})

test('a service that answers is its addresses and its routes', async () => {
  const text = drawListening(
    {
      kind: 'listening',
      service: 'shop',
      platform: 'aws',
      urls: ['http://localhost:7001', 'http://10.0.0.5:7001'],
      routes: [
        { function: 'hello', methods: [], path: '/*' },
        { function: 'create', methods: ['POST', 'PUT'], path: '/posts' },
      ],
      notes: ['Ctrl-C ends it'],
      durationMs: 120,
    },
    plain,
  )
  await expect(text).toMatchFileSnapshot('golden/listening.txt')
})

test('a request is its status, what was asked for, and how long it took', () => {
  const request = { kind: 'request', time: 0, method: 'GET', url: '/a?b=\u001b[2J', durationMs: 3 } as const
  expect(drawRequest({ ...request, status: 200 }, plain)).toBe('200 GET /a?b=\ufffd[2J 3 ms')
  expect(drawRequest({ ...request, url: '/', status: 0 }, plain)).toBe('gone GET / 3 ms')
  expect(drawRequest({ ...request, url: '/', status: 502 }, coloured)).toContain('\u001b[31m')
})

test('an empty plan says so', () => {
  expect(drawPlan({ ...PLAN, steps: [step('function/same', 'keep')] }, plain)).toBe(
    'shop (dev) on aliyun: nothing changes\n',
  )
})

test('columns of a table are as wide as their widest cell', () => {
  expect(drawTable([['名', 'a'], ['abc', 'b', 'c'], ['\u001b[31mx\u001b[39m']])).toEqual([
    '名   a',
    'abc  b  c',
    '\u001b[31mx\u001b[39m',
  ])
  expect(drawTable([])).toEqual([])
})

test('a deployment is its address and its functions', async () => {
  const urls = [
    { methods: ['GET', 'POST'], url: 'http://127.0.0.1:1/api' },
    { methods: [], url: 'http://127.0.0.1:1/all/*' },
  ]
  const functions = [
    { name: 'api', state: 'ready', urls, notes: ['timer every 60 s'] },
    { name: 'job', state: 'failed', urls: [], notes: [] },
  ]
  const drawn = drawDeployment({ platform: 'local platform', url: 'http://127.0.0.1:1', functions }, plain)
  await expect(drawn).toMatchFileSnapshot('golden/deployment.txt')
})

test('each function has its own colour, and keeps it', () => {
  const draw = createLogText(coloured, { time: 'none' })
  const line = (name: string) => draw({ time: 0, function: name, stream: 'out', text: 'x' })
  const [a, b, again] = [line('a'), line('b'), line('a')]
  expect(a).toBe(again)
  expect(a.replace('a ', 'b ')).not.toBe(b)
  expect(draw({ time: 0, function: 'a', stream: 'err', text: 'bad' })).toContain('\u001b[31mbad')
})

test('durations are for people', () => {
  expect([0.4, 12.5, 999.4, 1000, 12_345, 59_949, 59_999, 61_000, 3_600_000].map(formatDuration)).toEqual([
    '0 ms',
    '13 ms',
    '999 ms',
    '1.0 s',
    '12.3 s',
    '59.9 s',
    '1 min 0 s',
    '1 min 1 s',
    '60 min 0 s',
  ])
})

test('a page is rendered lightly', () => {
  const page =
    '# SLS1: a `title`\n\nSome **bold** words and `code here`,\nwrapped.\n\n- one item that is long\n- two\n\n```yaml\na: 1\n\n  b: `2`\n```\n'
  expect(drawMarkdown(page, plain, 24)).toBe(
    'SLS1: a `title`\n\nSome **bold** words and\n`code here`, wrapped.\n\n- one item that is long\n- two\n\n    a: 1\n\n      b: `2`\n',
  )
  expect(drawMarkdown('`x` **y**', coloured, 80)).toBe('\u001b[36mx\u001b[39m \u001b[1my\u001b[22m\n')
})

test('an answer is bytes for pipes, text for terminals, and data for JSON', () => {
  const http = (body: Uint8Array) =>
    ({ kind: 'http', status: 200, headers: [['Content-Type', 'image/png']], body }) as const
  const picture = http(new Uint8Array([137, 0, 255]))
  expect(showAnswer(picture, false)).toBe(picture.body)
  expect(showAnswer(picture, true)).toBe('(3 bytes of image/png)\n')
  expect(describeAnswer(picture)).toEqual({ kind: 'http', status: 200, headers: picture.headers, base64: 'iQD/' })
  expect(showAnswer(http(Buffer.from('hi')), true)).toBe('hi\n')
  expect(describeAnswer(http(Buffer.from('hi')))).toMatchObject({ body: 'hi' })
  expect(showAnswer({ kind: 'value', value: undefined }, true)).toBe('')
  expect(showAnswer({ kind: 'value', value: 'text' }, true)).toBe('text\n')
  expect(showAnswer({ kind: 'value', value: { a: 1 } }, false)).toBe('{\n  "a": 1\n}\n')
})

test('colour is for terminals, unless the user or the environment says otherwise', () => {
  expect(wantsColor({}, true)).toBe(true)
  expect(wantsColor({}, false)).toBe(false)
  expect(wantsColor({ TERM: 'dumb' }, true)).toBe(false)
  expect(wantsColor({ NO_COLOR: '1' }, true)).toBe(false)
  expect(wantsColor({ NO_COLOR: '' }, true)).toBe(true)
  expect(wantsColor({ NO_COLOR: '1', FORCE_COLOR: '1' }, false)).toBe(true)
  expect(wantsColor({ FORCE_COLOR: '0' }, true)).toBe(false)
  expect(wantsColor({ FORCE_COLOR: '1' }, true, false)).toBe(false)
})

test('signs outside ASCII are for UTF-8', () => {
  expect(wantsUnicode({ LANG: 'de_DE.UTF-8' }, 'linux')).toBe(true)
  expect(wantsUnicode({ LANG: 'de_DE.utf8', LC_ALL: 'C' }, 'linux')).toBe(false)
  expect(wantsUnicode({ TERM: 'xterm' }, 'linux')).toBe(true)
  expect(wantsUnicode({ TERM: 'linux' }, 'linux')).toBe(false)
  expect(wantsUnicode({}, 'win32')).toBe(false)
  expect(wantsUnicode({ WT_SESSION: 'x' }, 'win32')).toBe(true)
})
