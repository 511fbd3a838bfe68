import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { AsyncCounts } from '../../src/local/api.ts'
import { type FunctionFixture, isAlive, type LocalFixture, reply, until, useLocal } from './fixture.ts'

// One row after the other of the table by which private Node.js runtimes are compared. What a row promises is shown here on
// a running platform; the other files of this folder go into the depth of some.
const local = useLocal()
const RUNTIME = fileURLToPath(new URL('../../dist/local/runtime.cjs', import.meta.url))

/** A function with the real runtime around the user's module. */
function withRuntime(
  name: string,
  user: string,
  { signature = 'context', ...more }: Partial<FunctionFixture> & { signature?: string } = {},
): FunctionFixture {
  const routes = [{ path: `/${name}/*`, methods: [] }]
  const member = { name, handler: 'handler', signature, routes, triggers: [], timeoutSec: more.timeout ?? 3 }
  const manifest = { service: 'shop', stage: 'dev', provider: 'local', function: name, members: [member] }
  const entry = `const { start } = require(${JSON.stringify(RUNTIME)})
    Object.assign(exports, start(${JSON.stringify(manifest)}, { ${name}: { handler: async () => require('./user.js') } }))`
  return { files: { 'user.js': user, [`sls_${name}.js`]: entry }, routes, ...more }
}

async function look(url: string, init: RequestInit = {}): Promise<[number, string | null, string]> {
  const response = await fetch(url, init)
  return [response.status, response.headers.get('x-error-class'), (await response.text()).trim()]
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function loggedLine(platform: LocalFixture, part: string): Promise<string> {
  return await until(
    async () => (await platform.logs()).find(({ text }) => text.includes(part))?.text,
    `the log line "${part}"`,
  )
}

describe('Env 隔离', () => {
  test('variables, globals and prototypes are a function’s own, and so are its crashes', async () => {
    const platform = local()
    const code = `process.env.X ??= context.function; globalThis.g ??= context.function; Array.prototype.p ??= context.function
      if (event.url.endsWith('exit')) process.exit(1)
      if (event.url.endsWith('memory')) { const kept = []; for (;;) kept.push(new Array(1e5).fill(kept)) }
      if (event.url.endsWith('loop')) for (;;);
      ${reply('[process.env.X, globalThis.g, [].p].join()')}`
    await platform.deploy('a', { body: code, timeout: 5, memory: 64 })
    const url = await platform.deploy('b', { body: code })
    expect(await textOf(url, 'a')).toBe('a,a,a')
    expect(await textOf(url, 'b')).toBe('b,b,b')
    for (const [how, kind] of [
      ['exit', 'exit'],
      ['memory', 'memory'],
      ['loop', 'timeout'],
    ]) {
      const failing = fetch(`${url}/a?${how}`)
      expect(await textOf(url, 'b')).toBe('b,b,b')
      expect((await failing).headers.get('x-error-class')).toBe(kind)
    }
  })
})

async function textOf(url: string, name: string): Promise<string> {
  return (await look(`${url}/${name}`))[2]
}

describe('两段式加载', () => {
  test('a generic process waits without code, and becomes that of a function with its variables and its folder', async () => {
    const platform = local()
    const body = reply(
      '[process.pid, process.env.OWN, require("path").basename(process.cwd()), process.uptime()].join()',
    )
    const url = await platform.deploy('a', { body, environment: { OWN: 'a' } })
    const first = await textOf(url, 'a')
    await pause(500)
    await platform.deploy('b', { body, environment: { OTHER: 'b' } })
    const [, own, , uptime] = (await textOf(url, 'b')).split(',')
    // Older than its deploy: it was there before.
    expect([own, Number(uptime) > 0.4]).toEqual(['', true])
    expect(first.split(',')[1]).toBe('a')
  })
})

describe('hot reload', () => {
  test('a new version takes over while a request finishes on the old one, and a broken one changes nothing', async () => {
    const platform = local()
    const old = `await new Promise((r) => setTimeout(r, event.url.endsWith('slow') ? 800 : 0)); ${reply('"old"')}`
    const url = await platform.deploy('f', { body: old })
    const slow = look(`${url}/f?slow`)
    await pause(50)
    await platform.deploy('f', { body: reply('"new"') })
    expect([await textOf(url, 'f'), (await slow)[2]]).toEqual(['new', 'old'])
    await expect(platform.deploy('f', { body: 'return (' })).rejects.toMatchObject({
      diagnostics: [{ code: 'SLS7003', message: expect.stringContaining('SyntaxError') }],
    })
    expect(await textOf(url, 'f')).toBe('new')
  })

  test('no request is lost while versions follow one another', async () => {
    const platform = local()
    const url = await platform.deploy('f', { body: reply('0') })
    let isOver = false
    const client = async (): Promise<string[]> => {
      const wrong: string[] = []
      while (!isOver) {
        const [status, , text] = await look(`${url}/f`)
        if (status !== 200) wrong.push(`${status} ${text}`)
      }
      return wrong
    }
    const clients = [client(), client(), client(), client()]
    for (let version = 1; version <= 8; version++) await platform.deploy('f', { body: reply(`${version}`) })
    isOver = true
    expect((await Promise.all(clients)).flat()).toEqual([])
    expect(await textOf(url, 'f')).toBe('8')
  })
})

describe('initialize', () => {
  const entry = (initializer: string) => ({
    'sls_f.js': `let count = 0; exports.initializer = async () => { ${initializer} }
      exports.handler = async (event) => { if (event.url.endsWith('exit')) process.exit(); ${reply('count')} }`,
  })

  test('runs once a process, also under 50 first requests at once', async () => {
    const platform = local()
    const files = entry('await new Promise((r) => setTimeout(r, 200)); count++')
    const url = await platform.deploy('f', { files })
    await look(`${url}/f?exit`)
    const answers = await Promise.all(Array.from({ length: 50 }, () => look(`${url}/f`)))
    expect(new Set(answers.map((answer) => answer.join()))).toEqual(new Set(['200,,1']))
  })

  test('that fails is the answer to all who wait, and its process is not used', async () => {
    const platform = local()
    const files = entry(`const { existsSync, writeFileSync } = require('fs')
      if (existsSync('/dev/shm/' + process.env.MARK)) throw new Error('no database')`)
    const mark = `sls-${process.pid}-${Date.now()}`
    const url = await platform.deploy('f', { files, environment: { MARK: mark } })
    writeFileSync(`/dev/shm/${mark}`, '')
    await look(`${url}/f?exit`)
    const answers = await Promise.all(Array.from({ length: 5 }, () => look(`${url}/f`)))
    expect(answers.map(([status, kind]) => [status, kind])).toEqual(Array(5).fill([503, 'init']))
    rmSync(`/dev/shm/${mark}`)
    expect((await look(`${url}/f`))[0]).toBe(200)
  })

  test('has a time of its own', async () => {
    const failing = local().deploy('f', { files: entry('await new Promise(() => {})'), initTimeout: 1, timeout: 60 })
    await expect(failing).rejects.toMatchObject({ diagnostics: [{ code: 'SLS7003' }] })
  })
})

describe('code 预热', () => {
  test('reserved processes are there before the first call, and come back', async () => {
    const platform = local()
    const body = `if (event.url.endsWith('exit')) process.exit(); ${reply('process.pid')}`
    const url = await platform.deploy('f', { body, concurrency: { min: 2, max: 3 } })
    const pids = async (): Promise<number[]> => [...((await status(platform)).functions[0]?.pids ?? [])]
    const before = await pids()
    expect(before).toHaveLength(2)
    expect((await look(`${url}/f?exit`))[1]).toBe('exit')
    await until(async () => (await pids()).filter((pid) => isAlive(pid)).length === 2, 'two processes again')
  })

  test('so are those of a platform that has come back', async () => {
    const platform = local()
    await platform.deploy('f', { body: reply('process.pid'), concurrency: { min: 2, max: 3 } })
    const { pid } = await platform.record()
    process.kill(pid, 'SIGTERM')
    await until(() => !isAlive(pid), 'the end of the platform')
    await platform.info()
    await until(async () => (await status(platform)).functions[0]?.pids.length === 2, 'two processes again')
  })

  test('without calls a function has no process after a while, and gets one again', async () => {
    const platform = local()
    const url = await platform.deploy('f', { body: reply('process.pid'), idle: 1 })
    const pid = Number(await textOf(url, 'f'))
    await until(() => !isAlive(pid), 'the end of the idle process')
    await until(async () => (await status(platform)).functions[0]?.state === 'idle', 'the idle state')
    expect(Number(await textOf(url, 'f'))).not.toBe(pid)
  })
})

interface Status {
  readonly functions: readonly { readonly pids: readonly number[]; readonly state: string }[]
}

async function status(platform: LocalFixture): Promise<Status> {
  return (await platform.ask(['services', 'shop', 'dev'])) as Status
}

describe('stream res', () => {
  const chunks = `return { kind: 'http', status: 200, headers: [], body: (async function* () {
    for (let i = 0; i < 3; i++) { yield Buffer.from('chunk ' + i + ';'); await new Promise((r) => setTimeout(r, 150)) }
    if (event.url.endsWith('fail')) throw new Error('half way')
  })() }`

  test('chunks arrive as they are made, and an error after the first breaks the connection', async () => {
    const url = await local().deploy('f', { body: chunks })
    await look(`${url}/f`)
    const began = performance.now()
    const reader = (await fetch(`${url}/f`)).body?.getReader()
    const first = await reader?.read()
    expect(Buffer.from(first?.value ?? []).toString()).toBe('chunk 0;')
    expect(performance.now() - began).toBeLessThan(140)
    while (!(await reader?.read())?.done);
    expect(performance.now() - began).toBeGreaterThan(400)
    const broken = await fetch(`${url}/f?fail`)
    await expect(broken.text()).rejects.toThrow()
  })

  test('a client that goes stops the producer, and one that is slow holds it back', async () => {
    const platform = local()
    const url = await platform.deploy('f', {
      timeout: 20,
      body: `return { kind: 'http', status: 200, headers: [], body: (async function* () {
        let sent = 0
        try { for (;;) { yield Buffer.alloc(1 << 16); sent++; await null } } finally { console.log('stopped after', sent) }
      })() }`,
    })
    await new Promise<void>((resolve) => {
      const sending = request(`${url}/f`, (response) => {
        response.once('readable', () => setTimeout(() => resolve(void sending.destroy()), 300))
      })
      sending.once('error', () => undefined).end()
    })
    const sent = Number((await loggedLine(platform, 'stopped after')).split(' ').at(-1))
    // What the sockets hold and one window: without back-pressure there would be thousands.
    expect(sent).toBeLessThan(200)
  })
})

describe('timeout', () => {
  test('an overrun is a 504 in time, the signal aborts, and a busy loop ends too', async () => {
    const platform = local()
    const url = await platform.deploy('f', {
      timeout: 2,
      body: `if (event.url.endsWith('loop')) for (;;);
        if (event.url.endsWith('wait')) await new Promise((r) => context.signal.addEventListener('abort', () => { console.log('aborted'); r() }))
        ${reply('context.deadline - Date.now()')}`,
    })
    for (const how of ['wait', 'loop']) {
      const began = performance.now()
      expect((await look(`${url}/f?${how}`)).slice(0, 2)).toEqual([504, 'timeout'])
      expect(performance.now() - began).toBeGreaterThan(1990)
      expect((await look(`${url}/f`))[0]).toBe(200)
    }
    await loggedLine(platform, 'aborted')
    const left = Number(await textOf(url, 'f'))
    expect(left > 1000 && left <= 2000).toBe(true)
  })

  test('a caller can ask for less time', async () => {
    const url = await local().deploy('f', { timeout: 60, body: 'await new Promise(() => {})' })
    expect((await look(`${url}/f`, { headers: { 'x-timeout': '200ms' } })).slice(0, 2)).toEqual([504, 'timeout'])
  })
})

describe('Throttle', () => {
  test('of C at once and Q that wait, none is lost; one more is refused at once', async () => {
    const platform = local()
    const url = await platform.deploy('f', {
      timeout: 30,
      concurrency: { instance: 2, max: 2, queue: 3 },
      body: `globalThis.now = (globalThis.now ?? 0) + 1; const seen = globalThis.now
        await new Promise((r) => setTimeout(r, 1500)); globalThis.now--; ${reply('seen')}`,
    })
    const seven = Array.from({ length: 7 }, () => look(`${url}/f`))
    const ready = async () => (await fetch(`${url}/_/ready`)).status
    await until(async () => (await ready()) === 429, 'the limit')
    const began = performance.now()
    const refused = await fetch(`${url}/f`)
    expect([refused.status, refused.headers.get('x-error-class'), refused.headers.get('retry-after')]).toEqual([
      429,
      'throttle',
      '1',
    ])
    expect(performance.now() - began).toBeLessThan(1000)
    const answers = await Promise.all(seven)
    expect(answers.every(([code, , seen]) => code === 200 && Number(seen) <= 2)).toBe(true)
    expect(await ready()).toBe(200)
  })

  test('a rate lets a burst pass and fills up again', async () => {
    const url = await local().deploy('f', { body: reply('1'), rate: { perSec: 1, burst: 2 } })
    const codes = (await Promise.all([1, 2, 3].map(() => look(`${url}/f`)))).map(([code]) => code)
    expect(codes.sort()).toEqual([200, 200, 429])
    await pause(1200)
    expect((await look(`${url}/f`))[0]).toBe(200)
  })
})

const FAILURES: readonly (readonly [string, string, number, string | null, 'stays' | 'goes'])[] = [
  ['throws', 'throw new Error("x")', 500, 'user', 'stays'],
  ['rejects', 'return Promise.reject(new Error("x"))', 500, 'user', 'stays'],
  ['throws no error', 'throw null', 500, 'user', 'stays'],
  ['throws in a timer', 'setTimeout(() => { throw new Error("x") }); await new Promise(() => {})', 502, 'exit', 'goes'],
  ['leaves a rejection', 'Promise.reject(new Error("x")); await new Promise(() => {})', 502, 'exit', 'goes'],
  ['exits', 'process.exit(0)', 502, 'exit', 'goes'],
  ['is killed', 'process.kill(process.pid, "SIGKILL"); await new Promise(() => {})', 502, 'exit', 'goes'],
  ['needs too much memory', 'const a = []; for (;;) a.push(new Array(1e5).fill(a))', 502, 'memory', 'goes'],
  ['never answers', 'await new Promise(() => {})', 504, 'timeout', 'goes'],
  ['loops', 'for (;;);', 504, 'timeout', 'goes'],
  ['answers what is no reply', 'return { kind: "value", value: 1 }', 502, 'reply', 'stays'],
  ['answers a circle', 'const o = {}; o.o = o; return { kind: "value", value: o }', 500, 'user', 'stays'],
  [
    'sends a header that cannot be',
    `return { kind: 'http', status: 200, headers: [['x', 'a\\nb']], body: '' }`,
    502,
    'reply',
    'stays',
  ],
]

describe('错误处理', () => {
  test.each(FAILURES)('a function that %s', async (_, body, code, kind, after) => {
    const platform = local()
    const url = await platform.deploy('f', {
      body: `if (event.url.endsWith('go')) { ${body} } ${reply('process.pid')}`,
      // On a busy machine it takes longer to fill the memory than to overrun.
      timeout: kind === 'memory' ? 25 : 2,
      memory: 64,
    })
    const pid = await textOf(url, 'f')
    expect((await look(`${url}/f?go`)).slice(0, 2)).toEqual([code, kind])
    const next = await look(`${url}/f`)
    expect([next[0], next[2] === pid]).toEqual([200, after === 'stays'])
  })
})

const BROKEN = `// A greeting
// that does not exist
function greet() {
\tthrow new Error("no greeting")
}
exports.handler = async () => { greet() }
`

describe('错误栈美化', () => {
  test('in production the client sees no stack, and the log has it with the request’s id', async () => {
    const platform = local()
    const user = 'exports.handler = async () => { throw new Error("secret of the inside") }'
    const url = await platform.deploy('f', withRuntime('f', user, { environment: { NODE_ENV: 'production' } }))
    const response = await fetch(`${url}/f/x`)
    const id = response.headers.get('x-request-id') ?? '?'
    expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('secret')])
    const line = await loggedLine(platform, 'secret of the inside')
    const all = (await platform.logs()).map(({ text, requestId }) => `${requestId} ${text}`).join('\n')
    expect(line + all).toContain(id)
    expect(all).toMatch(/user\.js:1:/)
    expect(all).not.toContain('runtime.cjs')
  })

  test.each([
    ['context', withRuntime('f', BROKEN)],
    ['raw', withRuntime('f', BROKEN, { signature: 'raw' })],
  ])(
    'in development the log of a %s handler has the lines around the place, and no frame of the tool',
    async (_, fixture) => {
      const platform = local()
      const url = await platform.deploy('f', fixture)
      const response = await fetch(`${url}/f/x`)
      const id = response.headers.get('x-request-id') ?? '?'
      await loggedLine(platform, '    at ')
      const all = (await platform.logs()).filter(({ stream }) => stream === 'err').map(({ text }) => text)
      expect(all).toEqual([
        `[${id}] function "f" failed: Error: no greeting`,
        '',
        '  user.js:4:8',
        '    2 | // that does not exist',
        '    3 | function greet() {',
        '  > 4 | \tthrow new Error("no greeting")',
        '      | \t      ^^^',
        '',
        expect.stringMatching(/^ {4}at greet \(.*\/user\.js:4:8\)$/),
        expect.stringMatching(/^ {4}at .*\/user\.js:6:33\)$/),
      ])
    },
  )
})

describe('错误分类', () => {
  test('every failure bears a class, which the log and the counts bear too', async () => {
    const platform = local()
    const url = await platform.deploy('f', { body: 'process.exit(7)' })
    expect((await look(`${url}/f`)).slice(0, 2)).toEqual([502, 'exit'])
    await loggedLine(platform, 'exit code 7')
    await expect(platform.deploy('g', { files: { 'sls_h.js': '' } })).rejects.toMatchObject({
      diagnostics: [{ code: 'SLS7003', message: expect.stringContaining('Cannot find module') }],
    })
  })
})

describe('同步返回', () => {
  test.each([
    ['a returned value', 'exports.handler = () => ({ a: 1 })', '{"a":1}'],
    ['a promise', 'exports.handler = async () => "text"', 'text'],
  ])('%s is the answer', async (_, user, text) => {
    const url = await local().deploy('f', withRuntime('f', user))
    expect((await look(`${url}/f/x`)).slice(0, 3)).toEqual([200, null, text])
  })

  test('a callback is the answer, and its first call counts', async () => {
    const says = (text: string) => `done(null, { kind: 'http', status: 200, headers: [], body: '${text}' })`
    const user = `exports.handler = (event, context, done) => { ${says('first')}; ${says('second')} }`
    const url = await local().deploy('f', withRuntime('f', user, { signature: 'raw' }))
    expect(await look(`${url}/f/x`)).toEqual([200, null, 'first'])
  })

  test('nothing is an empty answer', async () => {
    const url = await local().deploy('f', withRuntime('f', 'exports.handler = async () => {}'))
    expect((await look(`${url}/f/x`)).slice(0, 3)).toEqual([204, null, ''])
  })
})

describe('异步返回', () => {
  test('is 202 with an id while the function still works, and its result comes back, also through a stop', async () => {
    const platform = local()
    const { host, results } = await listener()
    const url = await platform.deploy('f', {
      timeout: 10,
      body: `await new Promise((resolve) => setTimeout(resolve, 2000)); ${reply('"done"')}`,
      async: { callbackHosts: [host] },
    })
    const accepted = await callLater(url, host)
    const { running, waiting } = (await platform.ask(['async'])) as AsyncCounts
    expect([accepted.status, running + waiting]).toEqual([202, 1])
    const record = await platform.record()
    process.kill(record.pid, 'SIGTERM')
    await until(() => !isAlive(record.pid), 'the end of the platform')
    await platform.connect().then((connection) => connection.info(platform.call))
    await platform.record()
    const [result] = await until(() => results.length > 0 && results, 'the result')
    expect(result).toEqual([accepted.headers.get('x-call-id'), '200', 'done'])
  })

  test('is tried again after a 5xx, is a dead letter after N, and can be replayed', async () => {
    const platform = local()
    const { host, results } = await listener()
    const url = await platform.deploy('f', {
      body: `globalThis.n = (globalThis.n ?? 0) + 1
        return { kind: 'http', status: globalThis.n < 3 ? 503 : 200, headers: [['retry-after', '0']], body: 'n' + globalThis.n }`,
      async: { retries: 1, callbackHosts: [host] },
    })
    const id = (await callLater(url, host)).headers.get('x-call-id')
    await until(() => results.length > 0, 'the failure')
    expect(results).toEqual([[id, '503', 'n2']])
    const dead = async () => ((await platform.ask(['async'])) as AsyncCounts).dead
    await until(async () => (await dead()) === 1, 'the dead letter')
    const { port, token } = await platform.record()
    const headers = { authorization: `Bearer ${token}` }
    await fetch(`http://127.0.0.1:${port}/v1/async/dead/${id}/replay`, { method: 'POST', headers })
    await until(() => results.length > 1, 'the result')
    expect(results[1]).toEqual([id, '200', 'n3'])
    expect(await dead()).toBe(0)
  })
})

function callLater(url: string, host: string): Promise<Response> {
  const headers = { 'x-callback-url': `http://${host}/` }
  return fetch(`${url}/async-function/f`, { method: 'POST', headers })
}

/** Keeps what callbacks bring: the call's id, the function's status, and its answer. */
async function listener(): Promise<{ host: string; results: unknown[][] }> {
  const results: unknown[][] = []
  const server = createServer(async (asked, response) => {
    results.push([asked.headers['x-call-id'], asked.headers['x-function-status'], await text(asked)])
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { host: `127.0.0.1:${(server.address() as { port: number }).port}`, results }
}

describe('健康检查', () => {
  test('is not the function’s business, and tells who drains', async () => {
    const platform = local()
    const body = `globalThis.seen = (globalThis.seen ?? 0) + 1; ${reply('globalThis.seen')}`
    const url = await platform.deploy('f', { body, routes: [{ path: '/*', methods: [] }] })
    for (const path of ['health', 'ready', 'ready/f']) expect((await fetch(`${url}/_/${path}`)).status).toBe(200)
    expect((await fetch(`${url}/_/ready/nobody`)).status).toBe(503)
    expect((await look(`${url}/`))[2]).toBe('1')
  })

  test('a process whose event loop is blocked gets no more calls and is replaced', async () => {
    const platform = local()
    const url = await platform.deploy('f', {
      timeout: 60,
      body: `if (event.url.endsWith('block')) setTimeout(() => { for (;;); }, 10); ${reply('process.pid')}`,
    })
    const pid = Number(await textOf(url, 'f'))
    await look(`${url}/f?block`)
    await loggedLine(platform, 'blocked')
    const answer = await look(`${url}/f`)
    expect([answer[0], Number(answer[2]) === pid]).toEqual([200, false])
    await until(() => !isAlive(pid), 'the end of the blocked process')
  })
})
