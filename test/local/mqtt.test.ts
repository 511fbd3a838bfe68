import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Aedes } from 'aedes'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterEach, describe, expect, test } from 'vitest'
import type { MqttSourceSpec, SourceSpec } from '../../src/local/spec.ts'
import { has } from '../peers.ts'
import { isAlive, type LocalFixture, until, useLocal } from './fixture.ts'
import { openMosquitto } from './mosquitto.ts'

const local = useLocal()
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface Broker {
  readonly port: number
  readonly url: string
}

async function openAedes(port = 0): Promise<Broker & { readonly aedes: Aedes; readonly close: () => Promise<void> }> {
  const aedes = await Aedes.createBroker()
  const server = createServer(aedes.handle)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: got } = server.address() as { port: number }
  const close = async (): Promise<void> => {
    await new Promise<void>((resolve) => aedes.close(() => resolve()))
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  closing.push(() => server.listening && close())
  return { port: got, url: `mqtt://127.0.0.1:${got}`, aedes, close }
}

async function client(url: string): Promise<MqttClient> {
  const made = await connectAsync(url, { reconnectPeriod: 0 })
  closing.push(() => made.endAsync(true))
  return made
}

function listenTo(broker: MqttSourceSpec['broker'], topic: string, qos?: 0 | 1): SourceSpec {
  return { name: 'm', type: 'mqtt', enabled: true, broker, topic, ...(qos !== undefined && { qos }) }
}

const PRINT = `console.log('got ' + JSON.stringify({ kind: event.kind, trigger: event.trigger, data: event.data })); return { kind: 'value' }`

async function printed(platform: LocalFixture): Promise<string[]> {
  const lines = await platform.logs()
  return lines.flatMap(({ text }) => (text.startsWith('got ') ? [text.slice(4)] : []))
}

async function listening(platform: LocalFixture, times = 1): Promise<void> {
  const isListening = async () =>
    (await platform.logs()).filter(({ text }) => text.includes('listens to')).length >= times
  await until(isListening, 'the subscription')
}

/** Publishes the text until the function has seen it: a subscription takes a moment. */
async function reach(platform: LocalFixture, publisher: MqttClient, topic: string): Promise<void> {
  await until(async () => {
    await publisher.publishAsync(topic, 'reached')
    return (await printed(platform)).some((text) => text.includes('"reached"'))
  }, 'a message')
}

async function kill(platform: LocalFixture): Promise<void> {
  const { pid } = await platform.record()
  process.kill(pid, 'SIGKILL')
  await until(() => !isAlive(pid), 'the end of the platform')
}

const BROKERS = [
  { name: 'aedes', open: async () => (await openAedes()).url, runs: true },
  { name: 'mosquitto', open: async () => await openMosquitto(closing), runs: has('mosquitto') },
]

describe.each(BROKERS)('mqtt triggers with $name', ({ open, runs }) => {
  test.runIf(runs)('call the function with topic, payload and quality', async () => {
    const url = await open()
    const platform = local()
    await platform.deploy('f', { routes: [], body: PRINT, sources: [listenTo(url, 'sensors/+/t', 1)] })
    const publisher = await client(url)
    await reach(platform, publisher, 'sensors/x/t')
    await publisher.publishAsync('sensors/a/t', '{"celsius":21}', { qos: 1 })
    await publisher.publishAsync('sensors/a/t', 'grün', { qos: 0 })
    await publisher.publishAsync('sensors/a/t', Buffer.from([255, 0]), { qos: 1 })
    await publisher.publishAsync('other', 'no', { qos: 1 })
    const seen = await until(async () => {
      const all = (await printed(platform)).filter((text) => !text.includes('reached'))
      return all.length === 3 && all.map((text) => JSON.parse(text))
    }, 'three events')
    const data = (of: object) => ({ kind: 'mqtt', trigger: 'm', data: { topic: 'sensors/a/t', ...of } })
    expect(seen).toHaveLength(3)
    expect(seen).toEqual(
      expect.arrayContaining([
        data({ payload: { celsius: 21 }, qos: 1 }),
        data({ payload: 'grün', qos: 0 }),
        data({ payload: '/wA=', encoding: 'base64', qos: 1 }),
      ]),
    )
  })

  test.runIf(runs)('lose nothing of quality 1 while the platform is killed', { timeout: 120_000 }, async () => {
    const url = await open()
    const platform = local()
    // Not in the log: its last lines may go with the platform.
    const made = join(platform.home.root, 'made')
    const body = `require('fs').appendFileSync(process.env.MADE, event.data.payload + '\\n'); return { kind: 'value' }`
    await platform.deploy('f', { routes: [], body, environment: { MADE: made }, sources: [listenTo(url, 'jobs', 1)] })
    const seen = () => new Set(existsSync(made) ? readFileSync(made, 'utf8').trim().split('\n') : [])
    const publisher = await client(url)
    await until(async () => {
      await publisher.publishAsync('jobs', 'reached')
      return seen().has('reached')
    }, 'the subscription')
    const all = Array.from({ length: 300 }, (_, n) => `${n}`)
    const publish = async (from: number, to: number): Promise<void> => {
      for (const n of all.slice(from, to)) await publisher.publishAsync('jobs', n, { qos: 1 })
    }
    await Promise.all([publish(0, 200), until(() => seen().size > 20, 'some')])
    const busy = publish(200, 250)
    await kill(platform)
    await busy
    await publish(250, 300)
    await until(async () => (await platform.info()) !== undefined, 'the next platform')
    await platform.record()
    await until(() => all.every((n) => seen().has(n)), 'every message', 60_000)
  })
})

describe('mqtt triggers', () => {
  test('find a broker again that went away, and wait for one that is not there', async () => {
    const first = await openAedes()
    const platform = local()
    await platform.deploy('f', { routes: [], body: PRINT, sources: [listenTo(first.url, 't')] })
    await reach(platform, await client(first.url), 't')
    await first.close()
    await until(async () => (await platform.logs()).some(({ text }) => text.includes('lost t at')), 'the loss')
    const again = await openAedes(first.port)
    await listening(platform, 2)
    const publisher = await client(again.url)
    await until(async () => {
      await publisher.publishAsync('t', 'again')
      return (await printed(platform)).some((text) => text.includes('"again"'))
    }, 'a message after the break')
  })

  test('stay through a new version, follow a changed topic, and stop with their function', async () => {
    const { url, aedes } = await openAedes()
    const platform = local()
    const sources = [listenTo(url, 'a', 1)]
    await platform.deploy('f', { routes: [], body: PRINT, sources })
    const publisher = await client(url)
    await reach(platform, publisher, 'a')
    const connections: unknown[] = []
    aedes.on('client', (one) => connections.push(one.id))
    await platform.deploy('f', { routes: [], body: `console.log('new'); ${PRINT}`, sources })
    await publisher.publishAsync('a', 'two', { qos: 1 })
    await until(async () => (await platform.logs()).some(({ text }) => text === 'new'), 'the new version')
    expect(connections).toEqual([])
    await platform.deploy('f', { routes: [], body: PRINT, sources: [listenTo(url, 'b', 1)] })
    await reach(platform, publisher, 'b')
    const before = aedes.connectedClients
    await platform.deploy('f', { routes: [], body: PRINT })
    await until(() => aedes.connectedClients < before, 'the end of the subscription')
  })

  test('take the address with its password from the secrets, and show it to nobody', async () => {
    const { url, aedes } = await openAedes()
    const given: string[] = []
    aedes.authenticate = (one, user, password, done) => {
      if (user === 'u') given.push(String(password))
      done(null, true)
      void one
    }
    const platform = local()
    const [scheme, rest] = url.split('//') as [string, string]
    const whole = { $secret: [`${scheme}//u:`, { name: 'MQTT_PASSWORD' }, `@${rest}`] }
    await platform.deploy(
      'f',
      { routes: [], body: PRINT, sources: [listenTo(whole, 't')], secrets: ['MQTT_PASSWORD'] },
      { env: { MQTT_PASSWORD: 'hush-hush' } },
    )
    await listening(platform)
    expect(given).toEqual(['hush-hush'])
    expect(JSON.stringify(await platform.logs())).not.toContain('hush')
  })

  test('are made again when the function fails, and kept as dead letters at last', async () => {
    const { url } = await openAedes()
    const platform = local()
    const body = `console.log('try'); throw new Error('no')`
    await platform.deploy('f', { routes: [], body, sources: [listenTo(url, 't', 1)], async: { retries: 1 } })
    await listening(platform)
    const publisher = await client(url)
    const dead = async () => ((await platform.ask(['async'])) as { dead: number }).dead
    await until(async () => {
      if ((await platform.logs()).every(({ text }) => text !== 'try'))
        await publisher.publishAsync('t', '1', { qos: 1 })
      return (await dead()) > 0
    }, 'the dead letter')
    const { calls } = (await platform.ask(['async', 'calls'])) as { calls: readonly object[] }
    expect(calls).toContainEqual(
      expect.objectContaining({ function: 'f', state: 'dead', attempts: 2, reason: 'status 500' }),
    )
  })

  test('tell of an address that is none, and leave the function alone', async () => {
    const platform = local()
    await platform.deploy('f', { body: `${PRINT}`, sources: [listenTo('nonsense', 't')] })
    await until(async () => (await platform.logs()).some(({ text }) => text.includes('cannot begin')), 'the reason')
  })
})
