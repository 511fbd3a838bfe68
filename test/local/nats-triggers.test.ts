import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect, headers, type NatsConnection } from '@nats-io/transport-node'
import { afterEach, describe, expect, test } from 'vitest'
import type { OutputSpec, TopicSourceSpec } from '../../src/local/spec.ts'
import { has } from '../peers.ts'
import { type LocalFixture, until, useLocal } from './fixture.ts'
import { freePort } from './mosquitto.ts'
import { openNats } from './nats.ts'

const local = useLocal()
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

// No function that prints has a route: whoever asks for a port of this machine that was another platform's a moment ago calls none of them.
const PRINT = `console.log(JSON.stringify(event.data)); return { kind: 'value' }`

async function client(server: string): Promise<NatsConnection> {
  const connection = await connect({ servers: server })
  closing.push(() => connection.close())
  return connection
}

function listener(
  server: string,
  kind: TopicSourceSpec['kind'],
  topics: readonly string[],
  group?: string,
): TopicSourceSpec {
  return { name: 't', type: 'topic', kind, enabled: true, topics, server, ...(group !== undefined && { group }) }
}

async function printed(platform: LocalFixture, name = 'f'): Promise<unknown[]> {
  const lines = await platform.logs({ functions: [name] })
  return lines.flatMap(({ stream, text }) => (stream === 'out' ? [JSON.parse(text)] : []))
}

async function told(platform: LocalFixture, text: string): Promise<unknown> {
  return await until(
    async () => (await platform.logs()).some((line) => line.stream === 'sys' && line.text.includes(text)),
    text,
  )
}

describe.runIf(has('nats-server'))('subjects of NATS', () => {
  test('call functions, in the shape of the kind of their trigger', async () => {
    const server = await openNats(closing)
    const platform = local()
    for (const [name, kind] of [
      ['m', 'mq'],
      ['q', 'queue'],
      ['k', 'kafka'],
    ] as const) {
      await platform.deploy(name, { routes: [], body: PRINT, sources: [listener(server, kind, [`in.${name}.*`])] })
    }
    await until(
      async () => (await platform.logs()).filter(({ text }) => text.includes('listens to')).length === 3,
      'all',
    )
    const connection = await client(server)
    const own = headers()
    own.set('X-Own', 'yes')
    for (const name of ['m', 'q', 'k']) connection.publish(`in.${name}.x`, '{"n":1}', { headers: own })
    connection.publish('in.q.bytes', new Uint8Array([255, 0]))
    connection.publish('out.of.it', 'x')
    await until(async () => (await printed(platform, 'q')).length === 2, 'the messages')
    const one = async (name: string): Promise<unknown> =>
      await until(async () => (await printed(platform, name))[0], `the message to ${name}`)
    expect(await one('m')).toEqual({
      topic: 'in.m.x',
      id: expect.any(String),
      body: '{"n":1}',
      attributes: { 'X-Own': 'yes' },
      publishedAt: expect.any(String),
    })
    expect(await one('k')).toEqual({
      records: [{ topic: 'in.k.x', value: '{"n":1}', headers: { 'X-Own': 'yes' }, timestamp: expect.any(Number) }],
    })
    expect(await printed(platform, 'q')).toEqual(
      expect.arrayContaining([
        { queue: 'in.q.x', messages: [{ id: expect.any(String), body: { n: 1 }, attributes: { 'X-Own': 'yes' } }] },
        {
          queue: 'in.q.bytes',
          messages: [{ id: expect.any(String), body: '/wA=', attributes: {} }],
          encoding: 'base64',
        },
      ]),
    )
  })

  test('are shared by platforms of the same service, while every function and every other group gets its own', async () => {
    const server = await openNats(closing)
    const platforms = [local(), local()]
    for (const platform of platforms) {
      await platform.deploy('f', { routes: [], body: PRINT, sources: [listener(server, 'mq', ['shared'])] })
      await platform.deploy('g', { routes: [], body: PRINT, sources: [listener(server, 'mq', ['shared'])] })
      await platform.deploy('a', { routes: [], body: PRINT, sources: [listener(server, 'kafka', ['shared'], 'team')] })
      await platform.deploy('b', { routes: [], body: PRINT, sources: [listener(server, 'kafka', ['shared'], 'team')] })
      await until(
        async () => (await platform.logs()).filter(({ text }) => text.includes('listens to')).length === 4,
        'all',
      )
    }
    const connection = await client(server)
    for (let n = 0; n < 40; n++) connection.publish('shared', String(n))
    await connection.flush()
    const counts = async (...names: string[]): Promise<number[]> =>
      await Promise.all(
        platforms.map(async (platform) => {
          const all = await Promise.all(names.map((name) => printed(platform, name)))
          return all.flat().length
        }),
      )
    const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)
    for (const names of [['f'], ['g'], ['a', 'b']]) {
      await until(async () => sum(await counts(...names)) >= 40, `the messages of ${names}`)
      const each = await counts(...names)
      expect(sum(each)).toBe(40)
      expect(Math.min(...each)).toBeGreaterThan(0)
    }
  })

  test('of a stream lose nothing while the platform is away, and are acknowledged when they are on the disk', async () => {
    const server = await openNats(closing)
    const manager = await jetstreamManager(await client(server))
    await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'] })
    const stream = manager.jetstream()
    await stream.publish('orders.before', 'x')
    const platform = local()
    await platform.deploy('f', {
      routes: [],
      body: PRINT,
      sources: [listener(server, 'kafka', ['orders.new'], 'workers')],
    })
    await told(platform, 'kept by the stream ORDERS')
    await stream.publish('orders.new', '1')
    await until(async () => (await printed(platform)).length === 1, 'the first')
    const { pid } = await platform.record()
    process.kill(pid, 'SIGKILL')
    await stream.publish('orders.new', '2')
    await stream.publish('orders.other', 'x')
    await platform.info()
    expect((await platform.record()).pid).not.toBe(pid)
    await until(async () => (await printed(platform)).length === 2, 'what came meanwhile', 60_000)
    const values = (await printed(platform)).flatMap((one) => (one as { records: object[] }).records)
    expect(values).toMatchObject([
      { topic: 'orders.new', offset: 2, value: '1' },
      { topic: 'orders.new', offset: 3, value: '2' },
    ])
    const pending = async (): Promise<number> => {
      const [consumer] = await manager.consumers.list('ORDERS').next()
      return (consumer?.num_ack_pending ?? 1) + (consumer?.num_pending ?? 1)
    }
    await until(async () => (await pending()) === 0, 'the acknowledgements')
  })

  test('a server that comes late is found, and a trigger that is removed listens no more', async () => {
    const port = await freePort()
    const platform = local()
    const sources = [listener(`nats://127.0.0.1:${port}`, 'mq', ['late'])]
    await platform.deploy('f', { routes: [], body: PRINT, sources })
    await told(platform, 'cannot listen to late')
    const server = await openNats(closing, port)
    await told(platform, 'listens to late')
    const connection = await client(server)
    connection.publish('late', '1')
    await until(async () => (await printed(platform)).length === 1, 'the message')
    await platform.deploy('f', { routes: [], body: PRINT })
    await until(async () => {
      const answer = await connection
        .request('late', '2', { timeout: 1000, noMux: true })
        .catch((failure: Error) => failure)
      return String(answer).includes('no responders')
    }, 'nobody to listen')
    expect(await printed(platform)).toHaveLength(1)
  })

  test('that may not be listened to are told of, and the platform lives', async () => {
    const port = await freePort()
    await openNats(
      closing,
      port,
      'authorization { users = [{ user: a, password: b, permissions: { subscribe: { deny: "secret" } } }] }',
    )
    const platform = local()
    const server = `nats://a:b@127.0.0.1:${port}`
    await platform.deploy('f', { routes: [], body: PRINT, sources: [listener(server, 'mq', ['secret', 'open'])] })
    await told(platform, 'cannot listen to secret')
    const { pid } = await platform.record()
    await platform.info()
    expect((await platform.record()).pid).toBe(pid)
  })

  test('of a stream that was removed and made anew are listened to again', async () => {
    const server = await openNats(closing)
    const connection = await client(server)
    const manager = await jetstreamManager(connection)
    await manager.streams.add({ name: 'S', subjects: ['s'] })
    const platform = local()
    await platform.deploy('f', { routes: [], body: PRINT, sources: [listener(server, 'mq', ['s'])] })
    await told(platform, 'kept by the stream S')
    await manager.streams.delete('S')
    await manager.streams.add({ name: 'S', subjects: ['s'] })
    await until(
      async () => {
        await manager.jetstream().publish('s', '1')
        return (await printed(platform)).length > 0
      },
      'a message',
      60_000,
    )
  })

  test('are listened to again when the server knows the password again', async () => {
    const port = await freePort()
    const users = (password: string): string => `authorization { user: a, password: ${password} }`
    const first: (() => unknown)[] = []
    await openNats(first, port, users('b'))
    const platform = local()
    const server = `nats://a:b@127.0.0.1:${port}`
    await platform.deploy('f', { routes: [], body: PRINT, sources: [listener(server, 'mq', ['x'])] })
    await told(platform, 'listens to x')
    for (const close of first.splice(0)) await close()
    const file = join(platform.home.root, 'nats.log')
    await openNats(first, port, `${users('other')}\nlog_file: "${file}"`)
    await until(() => readFileSync(file, 'utf8').split('authentication error').length > 3, 'some refusals')
    for (const close of first.splice(0)) await close()
    await openNats(closing, port, users('b'))
    const connection = await connect({ servers: `127.0.0.1:${port}`, user: 'a', pass: 'b' })
    closing.push(() => connection.close())
    await until(
      async () => {
        connection.publish('x', '1')
        return (await printed(platform)).length > 0
      },
      'a message',
      30_000,
    )
  }, 90_000)

  test('are what outputs with a server send to: a stream acknowledges, else the server takes it', async () => {
    const server = await openNats(closing)
    const manager = await jetstreamManager(await client(server))
    await manager.streams.add({ name: 'KEPT', subjects: ['kept'] })
    const listening = await client(server)
    const heard: string[] = []
    listening.subscribe('plain', { callback: (_, message) => void heard.push(message.string()) })
    await listening.flush()
    const outputs: OutputSpec[] = [
      { name: 'kept', kind: 'mq', topic: 'kept', server },
      { name: 'plain', kind: 'queue', queue: 'plain', server },
      { name: 'away', kind: 'kafka', topic: 'x', server: `nats://127.0.0.1:${await freePort()}` },
    ]
    const platform = local()
    const post = `const send = (name, data) => fetch('http://127.0.0.1:' + process.env.DAPR_HTTP_PORT + '/v1.0/bindings/' + name, { method: 'POST',
      headers: { 'dapr-api-token': process.env.DAPR_API_TOKEN }, body: JSON.stringify({ operation: 'create', data }) }).then((answer) => answer.status)`
    const url = await platform.deploy('f', {
      body: `${post}
        const all = [await send('kept', { n: 1 }), await send('plain', 'text'), await send('plain', [2]), await send('away', 1)]
        return { kind: 'http', status: 200, headers: [], body: all.join(' ') }`,
      outputs,
      timeout: 30,
      routes: [{ path: '/send', methods: [] }],
    })
    expect(await (await fetch(`${url}/send`)).text()).toBe('204 204 204 502')
    expect((await manager.streams.info('KEPT')).state.messages).toBe(1)
    expect((await manager.streams.getMessage('KEPT', { seq: 1 }))?.string()).toBe('{"n":1}')
    await until(() => heard.length === 2, 'what is not kept')
    expect(heard).toEqual(['text', '[2]'])
    expect((await platform.logs()).map(({ text }) => text).join('\n')).toContain('the output "away" failed')
  })
})
