import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createSocketServer } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Aedes } from 'aedes'
import { afterEach, describe, expect, test } from 'vitest'
import type { OutputSpec, TopicSourceSpec } from '../../src/local/spec.ts'
import { type LocalFixture, reply, until, useLocal } from './fixture.ts'

const local = useLocal()
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const RUNTIME = fileURLToPath(new URL('../../dist/local/runtime.cjs', import.meta.url))

/** A function through the runtime of the platform: `POST /f` runs the body of `async (ctx, event) => …`. */
function entry(name: string, body: string, outputs: readonly OutputSpec[] = []): Record<string, string> {
  const member = {
    name,
    handler: 'handler',
    signature: 'context',
    routes: [{ path: `/${name}`, methods: [] }],
    triggers: [],
    outputs: outputs.map((output) => output.name),
    timeoutSec: 20,
  }
  const manifest = { service: 'shop', stage: 'dev', provider: 'local', function: name, members: [member] }
  const loaders = `{ ${name}: { handler: async () => ({ handler: async (ctx, event) => { ${body} } }) } }`
  return {
    [`sls_${name}.js`]: `Object.assign(exports, require(${JSON.stringify(RUNTIME)}).start(${JSON.stringify(manifest)}, ${loaders}))`,
  }
}

interface Taken {
  readonly url: string
  readonly type: string | undefined
  readonly body: Buffer
}

async function sink(status = 200): Promise<{ url: string; taken: Taken[] }> {
  const taken: Taken[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    const { url = '', headers } = request
    taken.push({ url, type: headers['content-type'], body: await buffer(request) })
    response.writeHead(status).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, taken }
}

function listener(kind: TopicSourceSpec['kind'], topic: string, group?: string): TopicSourceSpec {
  return { name: 't', type: 'topic', kind, enabled: true, topics: [topic], ...(group !== undefined && { group }) }
}

async function printed(platform: LocalFixture, name: string): Promise<unknown[]> {
  const lines = await platform.logs({ functions: [name] })
  return lines.flatMap(({ stream, text }) => (stream === 'out' ? [JSON.parse(text)] : []))
}

const PRINT = `console.log(JSON.stringify(event.data)); return { kind: 'value' }`

async function send(url: string): Promise<[number, string]> {
  const response = await fetch(url, { method: 'POST' })
  return [response.status, await response.text()]
}

interface BrokerFixture {
  readonly url: string
  readonly published: [string, string, number][]
  readonly connections: () => number
}

async function mqttBroker(): Promise<BrokerFixture> {
  const aedes = await Aedes.createBroker()
  const server = createSocketServer(aedes.handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(
    () => server.close(),
    () => new Promise<void>((resolve) => aedes.close(() => resolve())),
  )
  const published: [string, string, number][] = []
  aedes.on('publish', ({ topic, payload, qos }) => {
    if (!topic.startsWith('$SYS')) published.push([topic, payload.toString(), qos])
  })
  const { port } = server.address() as { port: number }
  return { url: `mqtt://127.0.0.1:${port}`, published, connections: () => aedes.connectedClients }
}

describe('ctx.send', () => {
  test('sends to one output or to all of them, over HTTP', async () => {
    const { url: to, taken } = await sink()
    const outputs: OutputSpec[] = [
      { name: 'a', kind: 'http', url: `${to}/a` },
      { name: 'b', kind: 'http', url: { $secret: [`${to}/`, { name: 'HOOK' }] } },
    ]
    const platform = local()
    const body = `await ctx.send({ n: 1 }, 'a'); await ctx.send('text', 'a'); await ctx.send(new Uint8Array([255, 0]), 'a'); await ctx.send([2]); return 'sent'`
    const url = await platform.deploy(
      'f',
      { files: entry('f', body, outputs), outputs, secrets: ['HOOK'] },
      { env: { HOOK: 'hidden' } },
    )
    expect(await send(`${url}/f`)).toEqual([200, 'sent'])
    expect(taken.slice(0, 3).map(({ url: at, type, body: data }) => [at, type, data.toString('latin1')])).toEqual([
      ['/a', 'application/json', '{"n":1}'],
      ['/a', 'text/plain; charset=utf-8', 'text'],
      ['/a', 'application/octet-stream', '\xff\0'],
    ])
    const rest = taken.slice(3).map(({ url: at, body: data }) => `${at} ${data}`)
    expect(rest.sort()).toEqual(['/a [2]', '/hidden [2]'])
  })

  test('fails the call when nobody has it, or there is no such output', async () => {
    const { url: to } = await sink(500)
    const outputs: OutputSpec[] = [
      { name: 'a', kind: 'http', url: to },
      { name: 'q', kind: 'queue', queue: 'nobody' },
    ]
    const platform = local()
    const body = `try { await ctx.send(1, ctx.query.to); return 'sent' } catch (error) { return error.message }`
    const url = await platform.deploy('f', { files: entry('f', body, outputs), outputs })
    expect(await send(`${url}/f?to=a`)).toEqual([200, 'ctx.send to "a" failed: it answered 500'])
    expect(await send(`${url}/f?to=q`)).toEqual([200, 'ctx.send to "q" failed: no function takes the queue "nobody"'])
    expect((await send(`${url}/f?to=x`))[1]).toContain('has no output "x"')
    expect((await platform.logs()).map(({ text }) => text)).toContain('the output "a" failed: it answered 500')
  })

  test('publishes to an MQTT broker, and leaves it when no output names it any more', async () => {
    const first = await mqttBroker()
    const second = await mqttBroker()
    const platform = local()
    const deploy = async (name: string, broker: string, service = 'shop'): Promise<string> => {
      const outputs: OutputSpec[] = [{ name: 'm', kind: 'mqtt', broker, topic: 'out/x' }]
      const files = entry(name, `await ctx.send({ celsius: 21 }); return 'sent'`, outputs)
      return await platform.deploy(name, { files, outputs }, { service })
    }
    const url = await deploy('f', first.url)
    const other = await deploy('g', first.url, 'blog')
    expect(await send(`${url}/f`)).toEqual([200, 'sent'])
    expect(await send(`${other}/g`)).toEqual([200, 'sent'])
    await until(() => first.published.length === 2, 'the messages')
    expect(first.published[0]).toEqual(['out/x', '{"celsius":21}', 1])
    expect(first.connections()).toBe(1)
    await deploy('f', second.url)
    expect(await send(`${url}/f`)).toEqual([200, 'sent'])
    // The other service still names it.
    expect([first.connections(), second.connections()]).toEqual([1, 1])
    await platform.remove({ service: 'blog' })
    await until(() => first.connections() === 0, 'the end of the connection to the first broker')
    expect(second.connections()).toBe(1)
    await platform.deploy('f', { body: reply('1') })
    await until(() => second.connections() === 0, 'the end of the connection to the second broker')
  })

  test('reaches functions by queues and topics, in the shapes of every platform', async () => {
    const platform = local()
    const outputs: OutputSpec[] = [
      { name: 'q', kind: 'queue', queue: 'jobs' },
      { name: 't', kind: 'mq', topic: 'orders' },
      { name: 'k', kind: 'kafka', topic: 'clicks' },
    ]
    const listeners: Record<string, TopicSourceSpec> = {
      q1: listener('queue', 'jobs'),
      q2: listener('queue', 'jobs'),
      m1: listener('mq', 'orders'),
      m2: listener('mq', 'orders'),
      k1: listener('kafka', 'clicks', 'g'),
      k2: listener('kafka', 'clicks', 'g'),
      k3: listener('kafka', 'clicks'),
    }
    for (const [name, source] of Object.entries(listeners)) {
      await platform.deploy(name, { routes: [], body: PRINT, sources: [source] })
    }
    const url = await platform.deploy('f', {
      files: entry('f', `for (let n = 0; n < 4; n++) await ctx.send({ n }); return 'sent'`, outputs),
      outputs,
    })
    expect(await send(`${url}/f`)).toEqual([200, 'sent'])
    const seen = async (...names: string[]) => (await Promise.all(names.map((name) => printed(platform, name)))).flat()
    const wanted = { q1: 4, m1: 4, m2: 4, k1: 4, k3: 4 }
    const groups: Record<string, string[]> = { q1: ['q1', 'q2'], m1: ['m1'], m2: ['m2'], k1: ['k1', 'k2'], k3: ['k3'] }
    for (const [name, count] of Object.entries(wanted)) {
      await until(async () => (await seen(...(groups[name] ?? []))).length >= count, `${count} of ${name}`)
    }
    const bodies = (await seen('q1', 'q2')) as { queue: string; messages: { body: { n: number } }[] }[]
    expect(bodies.map(({ messages }) => messages[0]?.body.n).sort()).toEqual([0, 1, 2, 3])
    expect((await seen('q1')).length).toBe(2)
    expect((await seen('m1'))[0]).toMatchObject({
      topic: 'orders',
      body: expect.stringMatching(/^\{"n":\d\}$/),
      attributes: {},
    })
    expect((await seen('k3'))[0]).toMatchObject({
      records: [{ topic: 'clicks', value: expect.stringMatching(/^\{"n":\d\}$/) }],
    })
    expect((await seen('k1', 'k2')).length).toBe(4)
  })

  test('speaks to the sidecar of Dapr', async () => {
    const { url: to, taken } = await sink()
    const outputs: OutputSpec[] = [
      { name: 'b', kind: 'dapr', component: 'mail', operation: 'send', metadata: { to: 'x' }, endpoint: to },
      { name: 'p', kind: 'dapr', component: 'bus', topic: 'orders', endpoint: `${to}/` },
    ]
    const platform = local()
    const url = await platform.deploy('f', {
      files: entry('f', `await ctx.send({ n: 1 }, 'b'); await ctx.send({ n: 2 }, 'p'); return 'sent'`, outputs),
      outputs,
    })
    expect(await send(`${url}/f`)).toEqual([200, 'sent'])
    expect(taken.map(({ url: at, body }) => [at, JSON.parse(body.toString())])).toEqual([
      ['/v1.0/bindings/mail', { operation: 'send', data: { n: 1 }, metadata: { to: 'x' } }],
      ['/v1.0/publish/bus/orders', { n: 2 }],
    ])
  })

  test('takes six megabytes and no more, also where nobody says before how many come', async () => {
    const platform = local()
    const { url: to, taken } = await sink()
    const body = `const piece = Buffer.alloc(1 << 20, 'x')
      const send = (count) => new Promise((resolve) => {
        const { DAPR_HTTP_PORT: port, DAPR_API_TOKEN: token } = process.env
        const request = require('node:http').request({ port, method: 'POST', path: '/v1.0/bindings/hook', headers: { 'dapr-api-token': token } })
        request.once('response', ({ statusCode }) => resolve(String(statusCode))).once('error', ({ code }) => resolve(code))
        request.write('{"data": "')
        for (let n = 0; n < count; n++) request.write(piece)
        request.end('"}')
      })
      return [await send(5), await send(200)]`
    const outputs: OutputSpec[] = [{ name: 'hook', kind: 'http', url: to }]
    const url = await platform.deploy('f', { files: entry('f', body, outputs), outputs, timeout: 20 })
    const [small, large] = (await (await fetch(`${url}/f`, { method: 'POST' })).json()) as string[]
    expect(small).toBe('204')
    // Who goes on sending may not get to read the answer.
    expect(['413', 'EPIPE', 'ECONNRESET']).toContain(large)
    expect(taken.map((one) => one.body.length)).toEqual([5 << 20])
    const said = 'the output "hook" failed: the body is larger than 6 MB'
    await until(async () => (await platform.logs()).some(({ text }) => text === said), said)
  })

  test('a function knows its own outputs only, and nobody else knows any', async () => {
    const platform = local()
    const outputs: OutputSpec[] = [{ name: 'q', kind: 'queue', queue: 'jobs' }]
    const url = await platform.deploy('f', {
      outputs,
      body: `return { kind: 'http', status: 200, headers: [], body: process.env.DAPR_HTTP_PORT }`,
    })
    const [, port] = await send(`${url}/f`)
    const post = async (token: string) => {
      const headers = { 'dapr-api-token': token, 'content-type': 'application/json' }
      return (await fetch(`http://127.0.0.1:${port}/v1.0/bindings/q`, { method: 'POST', headers, body: '{}' })).status
    }
    expect([await post(''), await post('guess')]).toEqual([401, 401])
    const plain = await platform.deploy('g', {
      body: `return { kind: 'http', status: 200, headers: [], body: String(process.env.DAPR_HTTP_PORT) }`,
    })
    expect((await send(`${plain}/g`))[1]).toBe('undefined')
  })
})
