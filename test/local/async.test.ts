import { once } from 'node:events'
import { appendFileSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import type { AsyncCall, AsyncCounts } from '../../src/local/api.ts'
import { AsyncCalls } from '../../src/local/async/async-calls.ts'
import type { CallQueue } from '../../src/local/async/call-queue.ts'
import type { AsyncTarget } from '../../src/local/async/target.ts'
import { isAlive, type LocalFixture, reply, until, useLocal } from './fixture.ts'

const local = useLocal()
const closing: (() => void)[] = []

afterEach(() => {
  for (const close of closing.splice(0)) close()
})

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server that keeps what it gets; `status` says what it answers. */
async function sink(status: (count: number) => number = () => 200): Promise<{ host: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = request
    seen.push({ method, url, headers, body: await text(request) })
    response.writeHead(status(seen.length)).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  return { host: `127.0.0.1:${(server.address() as { port: number }).port}`, seen }
}

async function counts(platform: LocalFixture): Promise<AsyncCounts> {
  return (await platform.ask(['async'])) as AsyncCounts
}

async function calls(platform: LocalFixture): Promise<readonly AsyncCall[]> {
  return ((await platform.ask(['async', 'calls'])) as { calls: AsyncCall[] }).calls
}

async function command(platform: LocalFixture, method: string, path: string): Promise<[number, unknown]> {
  const { port, token } = await platform.record()
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(`http://127.0.0.1:${port}/v1/async/${path}`, { method, headers })
  return [response.status, await response.json()]
}

describe('异步返回', () => {
  test('is 202 with an id at once, and the result goes to the callback', async () => {
    const platform = local()
    const { host, seen } = await sink()
    const url = await platform.deploy('f', {
      body: `await new Promise((r) => setTimeout(r, 1000))
        return { kind: 'http', status: 201, headers: [['x-own', 'yes'], ['content-type', 'text/plain']],
          body: [event.method, event.url, Buffer.from(event.body).toString(), Object.fromEntries(event.headers.map(([n, v]) => [n.toLowerCase(), v]))['x-mine']].join(' ') }`,
      async: { callbackHosts: [host] },
    })
    const began = performance.now()
    const accepted = await fetch(`${url}/async-function/f/deep/path?a=1&b=2`, {
      method: 'PUT',
      headers: { 'x-callback-url': `http://${host}/done?x=1`, 'x-mine': 'kept' },
      body: 'the body',
    })
    expect([accepted.status, await accepted.text(), performance.now() - began < 800]).toEqual([202, '', true])
    const id = accepted.headers.get('x-call-id')
    const [result] = await until(() => seen.length > 0 && seen, 'the callback')
    expect(result).toMatchObject({
      method: 'POST',
      url: '/done?x=1',
      body: 'PUT /deep/path?a=1&b=2 the body kept',
      headers: {
        'x-call-id': id,
        'x-function-name': 'f',
        'x-function-status': '201',
        'x-own': 'yes',
        'x-duration-seconds': expect.stringMatching(/^1\.\d{6}$/),
      },
    })
    await until(async () => (await counts(platform)).done === 1, 'the end of the call')
    expect(await counts(platform)).toEqual({ waiting: 0, running: 0, elsewhere: 0, dead: 0, done: 1 })
  })

  test('a callback into a private network is not called unless its host is named', async () => {
    const platform = local()
    const { host, seen } = await sink()
    const url = await platform.deploy('f', { body: reply('1') })
    const headers = { 'x-callback-url': `http://${host}/` }
    expect((await fetch(`${url}/async-function/f`, { method: 'POST', headers })).status).toBe(202)
    await until(async () => (await platform.logs()).some(({ text }) => text.includes('not allowed')), 'the refusal')
    expect(seen).toEqual([])
    const nonsense = await fetch(`${url}/async-function/f`, {
      method: 'POST',
      headers: { 'x-callback-url': 'file:///x' },
    })
    expect(nonsense.status).toBe(400)
  })

  test('is tried again after a failure, with pauses, and kept as a dead letter when nothing helps', async () => {
    const platform = local()
    const url = await platform.deploy('f', {
      body: `console.log('try'); return { kind: 'http', status: event.url.endsWith('gone') ? 404 : 503, headers: [], body: 'no' }`,
      async: { retries: 1 },
    })
    await fetch(`${url}/async-function/f/gone`, { method: 'POST' })
    await fetch(`${url}/async-function/f`, { method: 'POST', headers: { 'x-call-id': 'one' } })
    await until(async () => (await counts(platform)).dead === 1, 'the dead letter')
    const tries = async () => (await platform.logs()).filter(({ text }) => text === 'try').length
    // 404 is an answer: it is not asked again.
    expect([await tries(), (await counts(platform)).done]).toEqual([3, 1])
    expect(await calls(platform)).toMatchObject([
      { id: 'one', state: 'dead', attempts: 2, reason: 'status 503', next: null },
    ])
    await platform.deploy('f', { body: `console.log('try'); ${reply('1')}` })
    expect(await command(platform, 'POST', 'dead/one/replay')).toMatchObject([200, { id: 'one', attempts: 0 }])
    await until(async () => (await counts(platform)).done === 2, 'the replayed call')
    expect(await command(platform, 'POST', 'dead/one/replay')).toMatchObject([404, {}])
    expect(await tries()).toBe(4)
  })

  test('a dead letter can be thrown away, and all can be replayed at once', async () => {
    const platform = local()
    const url = await platform.deploy('f', { body: 'process.exit(1)', async: { retries: 0 } })
    for (const id of ['a', 'b', 'c']) {
      await fetch(`${url}/async-function/f`, { method: 'POST', headers: { 'x-call-id': id } })
    }
    await until(async () => (await counts(platform)).dead === 3, 'dead letters')
    expect(await command(platform, 'DELETE', 'dead/b')).toEqual([200, {}])
    await platform.deploy('f', { body: reply('1') })
    expect(await command(platform, 'POST', 'dead/replay')).toEqual([200, { replayed: 2 }])
    await until(async () => (await counts(platform)).done === 2, 'both')
  })

  test('the same id is the same call, also after it is done and after a restart', async () => {
    const platform = local()
    const url = await platform.deploy('f', { body: `console.log('made'); ${reply('1')}` })
    const send = async () =>
      (await fetch(`${url}/async-function/f`, { method: 'POST', headers: { 'x-call-id': 'same' } })).status
    expect(await Promise.all([send(), send(), send()])).toEqual([202, 202, 202])
    await until(async () => (await counts(platform)).done === 1, 'the call')
    const { pid } = await platform.record()
    process.kill(pid, 'SIGKILL')
    await until(
      async () => (await platform.info()) !== undefined && (await platform.record()).pid !== pid,
      'the next one',
    )
    expect(await send()).toBe(202)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await platform.logs()).filter(({ text }) => text === 'made')).toHaveLength(1)
    const bad = await fetch(`${url}/async-function/f`, { method: 'POST', headers: { 'x-call-id': 'a b' } })
    expect(bad.status).toBe(400)
  })

  test('a function without routes gets the body as an event', async () => {
    const platform = local()
    const url = await platform.deploy('f', {
      routes: [],
      body: `console.log(JSON.stringify(event.data)); return { kind: 'value' }`,
    })
    await fetch(`${url}/async-function/f`, { method: 'POST', body: '{"a":1}' })
    await until(async () => (await platform.logs()).some(({ text }) => text === '{"a":1}'), 'the event')
    expect((await fetch(`${url}/async-function/nobody`, { method: 'POST' })).status).toBe(404)
  })

  test('what waits for a function that is removed becomes a dead letter', async () => {
    const platform = local()
    await platform.deploy('other', { body: reply('1') }, { service: 'blog' })
    const url = await platform.deploy('f', { body: 'throw new Error()' })
    await fetch(`${url}/async-function/f`, { method: 'POST' })
    await until(async () => (await calls(platform)).some(({ attempts }) => attempts > 0), 'the first attempt')
    await platform.remove()
    await until(async () => (await counts(platform)).dead === 1, 'the dead letter')
    expect(await calls(platform)).toMatchObject([{ function: 'f', reason: 'the function is not deployed' }])
  })

  test('a line of the queue that nobody understands is put aside, and the others are made', async () => {
    const platform = local()
    const { home } = platform
    const url = await platform.deploy('f', { body: `console.log('made ' + event.url); ${reply('1')}` })
    const { pid } = await platform.record()
    process.kill(pid, 'SIGTERM')
    await until(() => !isAlive(pid), 'the end of the platform')
    const message = { Header: {}, Body: '', Method: 'POST', Path: '/x', QueryString: '', Function: 'f.shop.dev' }
    const put = { id: 'mine', accepted: Date.now(), attempts: 0, next: 0 }
    const lines = [
      '{"put":{"id":"bad"},"message":7}',
      'nonsense',
      JSON.stringify({ put, message }),
      '{"put":{"id":"half',
    ]
    appendFileSync(join(home.queue, 'calls.ndjson'), lines.join('\n'))
    await until(async () => (await platform.info())?.url === url, 'the next platform')
    await platform.record()
    await until(async () => (await platform.logs()).some(({ text }) => text === 'made /x'), 'the call')
    expect(readFileSync(join(home.queue, 'poison.ndjson'), 'utf8').trim().split('\n')).toEqual(lines.slice(0, 2))
  })
})

test('a call by the name alone goes where one that waits goes', async () => {
  const platform = local()
  const { host, seen } = await sink()
  const url = await platform.deploy('f', {
    body: reply('event.method + " " + event.url'),
    routes: [
      { path: '/home/:id', methods: [] },
      { path: '/home', methods: [] },
    ],
    async: { callbackHosts: [host] },
  })
  const headers = { 'x-callback-url': `http://${host}/` }
  for (const [index, rest] of ['', '?a=1', '/', '/home/2?b=3'].entries()) {
    await fetch(`${url}/async-function/f${rest}`, { method: 'PUT', headers })
    await until(() => seen.length === index + 1, 'the callback')
  }
  expect(seen.map(({ body }) => body)).toEqual(['PUT /home', 'PUT /home?a=1', 'PUT /', 'PUT /home/2?b=3'])
  expect(await (await fetch(`${url}/function/f?a=1`, { method: 'PUT' })).text()).toBe('PUT /home?a=1')
})

test('more bodies than the platform may hold are refused, and it is said when to come again', async () => {
  const queue = { calls: new Map(), dead: new Map(), heldBytes: 256 << 20 } as unknown as CallQueue
  const calls = new AsyncCalls({ queue, find: () => undefined })
  const target = { service: 's', stage: 'dev', name: 'f', spec: {} } as AsyncTarget
  const server = createServer((request, response) => void calls.accept(target, '/', { request, response }))
  server.listen(0, '127.0.0.1')
  closing.push(() => server.close())
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  const refused = await fetch(url, { method: 'POST', body: 'x' })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  expect(await refused.text()).toBe('too many calls wait\n')
})
