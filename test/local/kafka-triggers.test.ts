import { Admin, Producer } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KafkaEventRecord } from '../../src/local/sources/kafka-record.ts'
import { KafkaSource } from '../../src/local/sources/kafka-source.ts'
import type { TopicSourceSpec } from '../../src/local/spec.ts'
import { has } from '../peers.ts'
import { type LocalFixture, until, useLocal } from './fixture.ts'
import { type KafkaFixture, openKafka } from './kafka.ts'

const local = useLocal()
const closing: (() => unknown)[] = []

const DONE = "return { kind: 'value' }"
const PRINT = `console.log(JSON.stringify(event.data.records)); ${DONE}`

function listener(server: string, topic: string, more: Partial<TopicSourceSpec> = {}): TopicSourceSpec {
  return { name: 't', type: 'topic', kind: 'kafka', enabled: true, topics: [topic], server, ...more }
}

/** Of every event its records. */
async function printed(platform: LocalFixture, name = 'f'): Promise<KafkaEventRecord[][]> {
  const lines = await platform.logs({ functions: [name] })
  return lines.flatMap(({ stream, text }) => (stream === 'out' ? [JSON.parse(text)] : []))
}

async function values(platform: LocalFixture, name = 'f'): Promise<unknown[]> {
  return (await printed(platform, name)).flat().map(({ value }) => value)
}

async function told(platform: LocalFixture, text: string, count = 1): Promise<unknown> {
  return await until(
    async () =>
      (await platform.logs()).filter((line) => line.stream === 'sys' && line.text.includes(text)).length >= count,
    text,
    60_000,
  )
}

describe.runIf(has('a broker of Kafka'))('topics of Kafka', () => {
  let kafka: KafkaFixture
  let producer: Producer
  let admin: Admin

  beforeAll(async () => {
    kafka = await openKafka(closing)
    const options = { clientId: 'test', bootstrapBrokers: [kafka.open] }
    producer = new Producer(options)
    admin = new Admin(options)
    closing.push(
      () => producer.close(true),
      () => admin.close(),
    )
  }, 240_000)
  afterAll(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  async function topic(name: string, partitions = 1): Promise<string> {
    await admin.createTopics({ topics: [name], partitions, replicas: 1 })
    return name
  }

  async function send(name: string, ...texts: (string | Buffer)[]): Promise<void> {
    await producer.send({ messages: texts.map((text) => ({ topic: name, value: Buffer.from(text), partition: 0 })) })
  }

  /** How far a group has come in the first partition. */
  async function committed(group: string, name: string): Promise<bigint | undefined> {
    const [found] = await admin.listConsumerGroupOffsets({
      groups: [{ groupId: group, topics: [{ name, partitionIndexes: [0] }] }],
    })
    return found?.topics[0]?.partitions[0]?.committedOffset
  }

  test('call functions with what a record is on every platform', async () => {
    const name = await topic('records', 2)
    const platform = local()
    await platform.deploy('f', { routes: [], body: PRINT, sources: [listener(kafka.open, name)] })
    await told(platform, 'listens to records')
    const before = Date.now()
    await producer.send({
      messages: [
        {
          topic: name,
          partition: 1,
          key: Buffer.from('k'),
          value: Buffer.from('{"n":1}'),
          headers: new Map([[Buffer.from('own'), Buffer.from('yes')]]),
        },
        { topic: name, partition: 1, value: Buffer.from([255, 0]) },
      ],
    })
    await until(async () => (await values(platform)).length === 2, 'the records')
    const [first, second] = (await printed(platform)).flat()
    expect(first).toEqual({
      topic: 'records',
      partition: 1,
      offset: 0,
      key: 'k',
      value: '{"n":1}',
      headers: { own: 'yes' },
      timestamp: expect.any(Number),
    })
    expect(Math.abs(Number(first?.timestamp) - before)).toBeLessThan(60_000)
    expect(second).toMatchObject({ partition: 1, offset: 1, value: '/wA=', encoding: 'base64', headers: {} })
  })

  test('keep their order and are committed when the function is done with them', async () => {
    const name = await topic('ordered')
    const platform = local()
    const body = `const [{ value, offset }] = event.data.records
      console.log(JSON.stringify(event.data.records))
      if (value === 'b' && !globalThis.seen) { globalThis.seen = true; throw new Error('once more') }
      ${DONE}`
    await platform.deploy('f', {
      routes: [],
      body,
      sources: [listener(kafka.open, name, { group: 'ordered', batch: { size: 1 } })],
    })
    await told(platform, 'listens to ordered')
    expect(await committed('ordered', name)).toBe(0n)
    await send(name, 'a', 'b', 'c')
    await until(async () => (await values(platform)).length === 2, 'the failure')
    expect(await committed('ordered', name)).toBe(1n)
    await until(async () => (await values(platform)).length === 4, 'all')
    expect(await values(platform)).toEqual(['a', 'b', 'b', 'c'])
    await until(async () => (await committed('ordered', name)) === 3n, 'the commit')
  })

  test('that cannot be worked on are given up after the retries, and the next ones come', async () => {
    const name = await topic('poison')
    const platform = local()
    const body = `if (event.data.records[0].value === 'bad') throw new Error('never'); ${PRINT}`
    await platform.deploy('f', {
      routes: [],
      body,
      async: { retries: 0 },
      sources: [listener(kafka.open, name, { batch: { size: 1 } })],
    })
    await told(platform, 'listens to poison')
    await send(name, 'bad', 'good')
    await until(async () => (await values(platform)).includes('good'), 'the next')
    expect(await platform.ask(['async'])).toMatchObject({ dead: 1 })
  })

  test('come in batches', async () => {
    const name = await topic('batches')
    const platform = local()
    const more = { batch: { size: 5, windowSec: 60 } }
    await platform.deploy('f', { routes: [], body: PRINT, sources: [listener(kafka.open, name, more)] })
    await told(platform, 'listens to batches')
    for (let n = 0; n < 10; n++) await send(name, String(n))
    await until(async () => (await values(platform)).length === 10, 'all')
    expect((await printed(platform)).map((records) => records.length)).toEqual([5, 5])
  })

  test('begin where they are asked to', async () => {
    const name = await topic('begins')
    await send(name, 'old')
    await new Promise((resolve) => setTimeout(resolve, 20))
    const offset = new Date().toISOString()
    await send(name, 'later')
    const platform = local()
    for (const [fn, more] of [
      ['latest', {}],
      ['earliest', { offset: 'earliest' }],
      ['time', { offset }],
    ] as const) {
      await platform.deploy(fn, { routes: [], body: PRINT, sources: [listener(kafka.open, name, more)] })
    }
    await told(platform, 'listens to begins', 3)
    await until(async () => (await values(platform, 'time')).length === 1, 'since then')
    await send(name, 'new')
    for (const [fn, expected] of [
      ['latest', ['new']],
      ['earliest', ['old', 'later', 'new']],
      ['time', ['later', 'new']],
    ] as const) {
      await until(async () => (await values(platform, fn)).length >= expected.length, fn)
      expect(await values(platform, fn)).toEqual(expected)
    }
  })

  test('are had from the first one of a partition that was added later', async () => {
    const name = await topic('grown')
    await send(name, 'old')
    const platform = local()
    await platform.deploy('f', { routes: [], body: PRINT, sources: [listener(kafka.open, name)] })
    await told(platform, 'listens to grown')
    const add = async (partition: number, first: string): Promise<void> => {
      const count = partition + 1
      await admin.createPartitions({ topics: [{ name, count }] })
      const isThere = async (): Promise<boolean> => {
        const { topics } = await producer.metadata({ topics: [name], forceUpdate: true })
        return topics.get(name)?.partitionsCount === count
      }
      await until(isThere, 'the partition')
      await producer.send({ messages: [{ topic: name, partition, value: Buffer.from(first) }] })
    }
    await add(1, 'first')
    await until(async () => (await values(platform)).length > 0, 'what came before the group knew of it', 60_000)
    process.kill((await platform.record()).pid, 'SIGKILL')
    await add(2, 'second')
    await platform.info()
    await until(async () => (await values(platform)).length > 1, 'what came while nobody listened', 60_000)
    expect(await values(platform)).toEqual(['first', 'second'])
  }, 120_000)

  test('are had of the topics that are there, and from the first one of those that come later, also while nobody listens', async () => {
    const there = await topic('there')
    await send(there, 'old')
    const platform = local()
    const sources = [listener(kafka.open, there, { topics: ['later-b', there, 'later-a'] })]
    await platform.deploy('f', { routes: [], body: PRINT, sources })
    await told(platform, 'not there yet: later-b, later-a')
    await send(there, 'new')
    await until(async () => (await values(platform)).length > 0, 'the topic that is there')
    await send(await topic('later-a'), 'first of later-a')
    await until(async () => (await values(platform)).length > 1, 'what made a topic', 60_000)
    process.kill((await platform.record()).pid, 'SIGKILL')
    await send(await topic('later-b'), 'first of later-b')
    await platform.info()
    await until(async () => (await values(platform)).length > 2, 'what came meanwhile', 60_000)
    await told(platform, `listens to later-b, there, later-a at kafka://${kafka.open}`, 3)
    expect(await values(platform)).toEqual(['new', 'first of later-a', 'first of later-b'])
  }, 120_000)

  test('of no topic that is there are waited for', async () => {
    const platform = local()
    await platform.deploy('f', { routes: [], body: PRINT, sources: [listener(kafka.open, 'none')] })
    await told(platform, 'cannot listen to none')
    await send(await topic('none'), 'first')
    await until(async () => (await values(platform)).length > 0, 'what made the topic', 60_000)
  }, 120_000)

  test('end at once when they are stopped before they have begun', async () => {
    const name = await topic('hasty')
    const never = (): Promise<void> => Promise.reject(new Error('nothing was sent'))
    const spec: TopicSourceSpec<string> = { ...listener('', name), server: kafka.open }
    const source = new KafkaSource(spec, {
      identity: 'shop.dev.f.t',
      shared: 'shop.dev.f.t',
      memory: '',
      buckets: '',
      hear: () => () => undefined,
      take: never,
      ended: never,
      tell: () => undefined,
    }).open()
    await source.stop({ forget: false })
  })

  test('are shared by platforms of the same service and by functions of a group', async () => {
    const name = await topic('shared', 4)
    const platforms = [local(), local()]
    for (const platform of platforms)
      await platform.deploy('f', { routes: [], body: PRINT, sources: [listener(kafka.open, name)] })
    for (const platform of platforms) await told(platform, 'listens to shared')
    const all = async (): Promise<unknown[][]> => await Promise.all(platforms.map((platform) => values(platform)))
    let sent = 0
    // Until the group has dealt its partitions out.
    await until(
      async () => {
        for (let partition = 0; partition < 4; partition++) {
          await producer.send({ messages: [{ topic: name, partition, value: Buffer.from(String(sent++)) }] })
        }
        return (await all()).every((own) => own.length > 0)
      },
      'both',
      60_000,
    )
    await until(async () => new Set((await all()).flat()).size === sent, 'all records')
  }, 120_000)

  test('lose nothing while the platform or the broker is away', async () => {
    const name = await topic('away')
    const platform = local()
    await platform.deploy('f', { routes: [], body: PRINT, sources: [listener(kafka.open, name, { group: 'away' })] })
    await told(platform, 'listens to away')
    const { pid } = await platform.record()
    process.kill(pid, 'SIGKILL')
    await send(name, 'while it was away')
    await platform.info()
    await until(async () => (await values(platform)).length === 1, 'what came meanwhile', 60_000)
    await kafka.stop()
    await told(platform, 'cannot listen to away')
    await kafka.start()
    await told(platform, 'listens to away', 3)
    await send(name, 'later')
    await until(async () => (await values(platform)).includes('later'), 'what came later', 60_000)
    expect(await values(platform)).toEqual(['while it was away', 'later'])
  }, 300_000)

  test('are reached with TLS and a login, whose secret no log shows', async () => {
    const name = await topic('secure')
    const platform = local()
    const server = (password: string, mechanism: string): string =>
      `kafka+ssl://alice:${encodeURIComponent(password)}@${kafka.secure}?mechanism=${mechanism}&ca=${kafka.ca}`
    for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512']) {
      await platform.deploy(mechanism, {
        routes: [],
        body: PRINT,
        sources: [listener(server("alice's secret", mechanism), name)],
      })
    }
    await told(platform, 'listens to secure', 3)
    await send(name, 'x')
    for (const fn of ['plain', 'scram-sha-256', 'scram-sha-512']) {
      await until(async () => (await values(platform, fn)).length === 1, fn)
    }
    await platform.deploy('wrong', {
      routes: [],
      body: PRINT,
      sources: [listener(server('a wrong one', 'plain'), name)],
    })
    await platform.deploy('blind', {
      routes: [],
      body: PRINT,
      sources: [listener(`kafka+ssl://alice:x@${kafka.secure}`, name)],
    })
    await until(
      async () =>
        (await platform.logs({ functions: ['wrong', 'blind'] })).filter(({ text }) => text.includes('cannot listen'))
          .length === 2,
      'the refusals',
    )
    const log = (await platform.logs()).map(({ text }) => text).join('\n')
    expect(log).toMatch(/cannot listen to secure at kafka\+ssl:\/\/127\.0\.0\.1:\d+: .*certificate/)
    expect(log).not.toMatch(/alice's|alice%27s|a wrong one|a%20wrong/)
  })

  test('are what outputs with brokers send to', async () => {
    const name = await topic('sent')
    const platform = local()
    const outputs = [
      { name: 'there', kind: 'kafka', topic: name, brokers: kafka.open },
      { name: 'away', kind: 'kafka', topic: name, server: 'kafka://127.0.0.1:1' },
    ] as const
    const post = `const send = (name, data) => fetch('http://127.0.0.1:' + process.env.DAPR_HTTP_PORT + '/v1.0/bindings/' + name, { method: 'POST',
      headers: { 'dapr-api-token': process.env.DAPR_API_TOKEN }, body: JSON.stringify({ operation: 'create', data, metadata: { partitionKey: 'k' } }) }).then((answer) => answer.status)`
    const body = `${post}; return { kind: 'http', status: 200, headers: [], body: [await send('there', { n: 1 }), await send('away', 1)].join(' ') }`
    const url = await platform.deploy('f', { routes: [{ path: '/send', methods: [] }], body, outputs, timeout: 30 })
    await platform.deploy('g', {
      routes: [],
      body: PRINT,
      sources: [listener(kafka.open, name, { offset: 'earliest' })],
    })
    expect(await (await fetch(`${url}/send`)).text()).toBe('204 502')
    await until(async () => (await printed(platform, 'g')).length === 1, 'the record')
    expect((await printed(platform, 'g')).flat()).toMatchObject([{ key: 'k', value: '{"n":1}' }])
  })
})
