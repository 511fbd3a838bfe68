import { once } from 'node:events'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterEach, describe, expect, test } from 'vitest'
import type { AsyncCall, AsyncCounts } from '../../src/local/api.ts'
import type { QueuedCall } from '../../src/local/async/call-queue.ts'
import { NatsQueue } from '../../src/local/async/nats-queue.ts'
import { has } from '../peers.ts'
import { type LocalFixture, reply, until, useLocal } from './fixture.ts'
import { openNats } from './nats.ts'

const local = useLocal()
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

function withQueue(server: string): LocalFixture {
  const platform = local()
  mkdirSync(platform.home.root, { recursive: true })
  writeFileSync(platform.home.settings, JSON.stringify({ queue: server }))
  return platform
}

async function client(server: string): Promise<NatsConnection> {
  const connection = await connect({ servers: server })
  closing.push(() => connection.close())
  return connection
}

async function counts(platform: LocalFixture): Promise<AsyncCounts> {
  return (await platform.ask(['async'])) as AsyncCounts
}

describe.runIf(has('nats-server'))('calls in NATS JetStream', () => {
  test('are written and read as the gateway and the workers of OpenFaaS do', async () => {
    const server = await openNats(closing)
    const platform = withQueue(server)
    const url = await platform.deploy('f', {
      body: `console.log([event.method, event.url, Buffer.from(event.body ?? '').toString()].join(' ')); ${reply('1')}`,
    })
    const connection = await client(server)
    const written: string[] = []
    const listening = connection.subscribe('faas-request', {
      callback: (_, message) => void written.push(message.string()),
    })
    await connection.flush()
    const headers = { 'x-call-id': 'mine', 'x-own': 'yes' }
    await fetch(`${url}/async-function/f/deep?a=1`, { method: 'PUT', headers, body: 'the body' })
    await until(() => written.length > 0, 'the message')
    listening.unsubscribe()
    expect(JSON.parse(written[0] ?? '')).toMatchObject({
      Header: { 'X-Call-Id': ['mine'], 'X-Own': ['yes'] },
      Body: Buffer.from('the body').toString('base64'),
      Method: 'PUT',
      Path: '/deep',
      QueryString: 'a=1',
      Function: 'f.shop.dev',
      CallbackUrl: null,
    })
    // As the Go programs write it: lists of headers, base64, nulls and empty texts.
    const theirs = {
      Header: { 'X-Call-Id': ['theirs'], 'Content-Type': ['text/plain'] },
      Host: 'gateway:8080',
      Body: Buffer.from('from afar').toString('base64'),
      Method: 'POST',
      Path: '/there',
      QueryString: '',
      Function: 'f.shop.dev',
      QueueName: '',
      Annotations: null,
      Labels: null,
      CallbackUrl: null,
    }
    connection.publish('faas-request', JSON.stringify(theirs))
    const texts = async () => (await platform.logs()).flatMap(({ stream, text }) => (stream === 'out' ? [text] : []))
    await until(async () => (await texts()).length === 2, 'both calls')
    expect((await texts()).sort()).toEqual(['POST /there from afar', 'PUT /deep?a=1 the body'])
    const manager = await jetstreamManager(connection)
    const left = async () => (await manager.streams.info('OF_faas-request')).state.messages
    await until(async () => (await left()) === 0, 'the acknowledgements')
  })

  test('are the same when their ids are, are tried again, and become dead letters that outlive the platform', async () => {
    const server = await openNats(closing)
    const platform = withQueue(server)
    let status = 500
    let tries = 0
    const target = createServer((_, response) => {
      tries++
      response.writeHead(status).end()
    }).listen(0, '127.0.0.1')
    await once(target, 'listening')
    closing.push(() => target.close())
    const to = `http://127.0.0.1:${(target.address() as { port: number }).port}`
    const url = await platform.deploy('f', {
      environment: { TO: to },
      body: `const { status } = await fetch(process.env.TO); return { kind: 'http', status, headers: [], body: '' }`,
      async: { retries: 1 },
    })
    const send = async () =>
      (await fetch(`${url}/async-function/f`, { method: 'POST', headers: { 'x-call-id': 'one' } })).status
    expect(await Promise.all([send(), send(), send()])).toEqual([202, 202, 202])
    await until(async () => (await counts(platform)).dead === 1, 'the dead letter')
    expect(tries).toBe(2)
    const { pid } = await platform.record()
    process.kill(pid, 'SIGKILL')
    await until(
      async () => (await platform.info()) !== undefined && (await platform.record()).pid !== pid,
      'the next one',
    )
    const { calls } = (await platform.ask(['async', 'calls'])) as { calls: AsyncCall[] }
    expect(calls).toMatchObject([{ id: 'one', state: 'dead', attempts: 2, reason: 'status 500' }])
    status = 200
    const { port, token } = await platform.record()
    const headers = { authorization: `Bearer ${token}` }
    const replayed = await fetch(`http://127.0.0.1:${port}/v1/async/dead/one/replay`, { method: 'POST', headers })
    expect(replayed.status).toBe(200)
    await until(async () => (await counts(platform)).done === 1, 'the replayed call')
    expect(await counts(platform)).toMatchObject({ waiting: 0, running: 0, dead: 0 })
  })

  test('of two platforms each call is made by one, and when one is killed the other makes what it had', async () => {
    const server = await openNats(closing)
    const made: [string, string][] = []
    let release: () => void = () => undefined
    let gate = Promise.resolve()
    const sink = createServer(async ({ headers }, response) => {
      made.push([String(headers['x-id']), String(headers['x-who'])])
      await gate
      response.end()
    }).listen(0, '127.0.0.1')
    await once(sink, 'listening')
    closing.push(
      () => sink.close(),
      () => sink.closeAllConnections(),
    )
    const to = `http://127.0.0.1:${(sink.address() as { port: number }).port}`
    const body = `const [, id] = event.headers.find(([name]) => name.toLowerCase() === 'x-call-id')
      await fetch(process.env.TO, { headers: { 'x-id': id, 'x-who': process.env.WHO } }); ${reply('1')}`
    const names = ['a', 'b'] as const
    const platforms = [withQueue(server), withQueue(server)] as const
    const [first, second] = platforms
    const urls = await Promise.all(
      platforms.map((platform, index) =>
        platform.deploy('f', { body, timeout: 60, environment: { TO: to, WHO: names[index] ?? '' } }),
      ),
    )
    const put = async (prefix: string, count: number): Promise<void> => {
      for (let n = 0; n < count; n++) {
        const headers = { 'x-call-id': `${prefix}-${n}` }
        const answer = await fetch(`${urls[0]}/async-function/f`, { method: 'POST', headers })
        expect(answer.status).toBe(202)
      }
    }
    const idsOf = (prefix: string): string[] => made.flatMap(([id]) => (id.startsWith(prefix) ? [id] : []))
    await put('calm', 60)
    await until(() => idsOf('calm').length >= 60, 'the calm calls')
    expect(new Set(idsOf('calm')).size).toBe(60)
    expect(idsOf('calm')).toHaveLength(60)
    expect(new Set(made.map(([, who]) => who))).toEqual(new Set(names))
    // The outcome of what both have in hand is known to neither until the gate opens.
    gate = new Promise((resolve) => {
      release = resolve
    })
    await put('late', 60)
    const whole = ({ waiting, running, elsewhere }: AsyncCounts): number => waiting + running + elsewhere
    await until(async () => {
      const both = await Promise.all(platforms.map(counts))
      return both.every((one) => whole(one) === 60 && one.elsewhere > 0)
    }, 'the same count on both')
    const { pid } = await first.record()
    process.kill(pid, 'SIGKILL')
    release()
    await until(() => new Set(idsOf('late')).size === 60, 'what the killed one had', 60_000)
    await until(async () => whole(await counts(second)) === 0, 'the end', 60_000)
    expect(made.filter(([id, who]) => id.startsWith('late') && who === 'b').length).toBeGreaterThan(0)
  }, 180_000)

  test('a platform without the function leaves the call to one that has it, and dead letters are those of both', async () => {
    const server = await openNats(closing)
    const [owner, other] = [withQueue(server), withQueue(server)]
    await other.deploy('else', { body: reply('1') }, { service: 'else' })
    const url = await owner.deploy('f', { body: `console.log('made'); ${reply('1')}` })
    await owner.deploy('bad', { body: `throw new Error('no')`, async: { retries: 0 } })
    const post = (name: string) => fetch(`${url}/async-function/${name}`, { method: 'POST' })
    for (let n = 0; n < 20; n++) expect((await post('f')).status).toBe(202)
    const texts = async () => (await owner.logs()).filter(({ text }) => text === 'made').length
    await until(async () => (await texts()) === 20, 'all calls', 60_000)
    expect((await counts(other)).dead).toBe(0)
    await post('bad')
    for (const platform of [owner, other]) {
      await until(async () => (await counts(platform)).dead === 1, 'the dead letter', 60_000)
    }
    const { calls } = (await other.ask(['async', 'calls'])) as { calls: AsyncCall[] }
    const { port, token } = await other.record()
    const headers = { authorization: `Bearer ${token}` }
    const at = `http://127.0.0.1:${port}/v1/async/dead/${calls[0]?.id}`
    expect((await fetch(at, { method: 'DELETE', headers })).status).toBe(200)
    await until(async () => (await counts(owner)).dead === 0, 'the letter to be gone')
    expect((await fetch(at, { method: 'DELETE', headers })).status).toBe(404)
  }, 120_000)

  test('dead letters have their bodies with the server alone, and again when they are replayed', async () => {
    const server = await openNats(closing)
    const open = async (): Promise<NatsQueue> => {
      const queue = new NatsQueue(server, mkdtempSync(join(tmpdir(), 'sls-queue-')))
      closing.push(() => queue.close())
      await queue.open(() => undefined)
      return queue
    }
    const queue = await open()
    // The server answers with what it keeps as base64, which is more than it takes in one message.
    const bodies = { a: Buffer.alloc(700_000, 7).toString('base64'), b: '' }
    const message = {
      Header: {},
      Host: '',
      Method: 'POST',
      Path: '/',
      QueryString: '',
      QueueName: '',
      CallbackUrl: null,
    }
    for (const [id, Body] of Object.entries(bodies))
      await queue.put({ id, message: { ...message, Body, Function: 'f.s.dev' }, accepted: 1, attempts: 0, next: 1 })
    await until(() => queue.calls.size === 2, 'the calls')
    for (const call of [...queue.calls.values()]) await queue.keep({ ...call, next: undefined, reason: 'status 500' })
    const other = await open()
    for (const { dead } of [queue, other])
      expect([...dead.values()].map(({ message: { Body } }) => Body)).toEqual(['', ''])
    const revive = (one: NatsQueue, id: string): Promise<void> => {
      const lying = one.dead.get(id) as QueuedCall
      return one.keep({ ...lying, attempts: 0, next: 5 })
    }
    const arrived = (): QueuedCall[] => [...queue.calls.values(), ...other.calls.values()]
    await Promise.all([revive(queue, 'a'), revive(other, 'a'), revive(other, 'b')])
    await until(() => arrived().length === 2, 'the replayed calls')
    expect(Object.fromEntries(arrived().map(({ id, message: { Body } }) => [id, Body]))).toEqual(bodies)
    await queue.look()
    expect([queue.dead.size, other.dead.size]).toEqual([0, 0])
  })

  test('a platform whose settings name no server says so', async () => {
    const platform = withQueue('redis://127.0.0.1')
    await expect(platform.deploy('f', { body: reply('1') })).rejects.toThrow('did not start')
  })
})
