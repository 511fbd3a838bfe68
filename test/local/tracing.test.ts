import { once } from 'node:events'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { readTraceparent } from '../../src/local/tracing/trace-context.ts'
import { isAlive, reply, until, useLocal } from './fixture.ts'

const local = useLocal()

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: object }[]
  readonly status: { readonly code?: number; readonly message?: string }
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Span['attributes'] }
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[]
  }[]
}

/** A collector, which says first that it is busy; and what it got. */
async function collector(): Promise<{ url: string; spans: Span[]; resources: object[]; seen: unknown[] }> {
  const spans: Span[] = []
  const resources: object[] = []
  const seen: unknown[] = []
  const server = createServer(async (request, response) => {
    const sent = (await json(request)) as Sent
    seen.push([request.method, request.url, request.headers['content-type'], request.headers['x-key']])
    if (seen.length === 1) return void response.writeHead(503).end()
    for (const { resource, scopeSpans } of sent.resourceSpans) {
      resources.push(Object.fromEntries(resource.attributes.map(({ key, value }) => [key, Object.values(value)[0]])))
      spans.push(...scopeSpans.flatMap((scope) => scope.spans))
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, spans, resources, seen }
}

const BODY = `if (event.kind !== 'http') { console.log(event.kind + ' ' + event.traceparent); return { kind: 'value', value: event.traceparent } }
  if (event.url.endsWith('exit')) process.exit(1)
  ${reply('event.headers.filter(([name]) => name.toLowerCase() === "traceparent").map(([, value]) => value).join()')}`

test('a request and the call that answers it are spans of one trace, which goes on in the function', async () => {
  const { url: endpoint, spans, resources, seen } = await collector()
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint)
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-key=a%20b')
  onTestFinished(() => void vi.unstubAllEnvs())
  const platform = local()
  const timers = [{ name: 'tick', schedule: '0 0 0 1 1 * *', timezone: 'UTC', enabled: true }]
  const url = await platform.deploy('f', { body: BODY, timers, routes: [{ path: '/f/:id', methods: [] }] })
  await platform.deploy('job', { body: BODY, routes: [] })
  const above = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
  const asked = await fetch(`${url}/f/1?q=2`, { headers: { traceparent: `00-${above.traceId}-${above.spanId}-01` } })
  const given = readTraceparent(await asked.text())
  const named = async (name: string) => await until(() => spans.find((span) => span.name === name), `the span ${name}`)
  const server = await named('GET /f/:id')
  const call = await named('call f')
  expect(given).toEqual({ traceId: above.traceId, spanId: call.spanId, isSampled: true })
  expect([server, call]).toMatchObject([
    { traceId: above.traceId, parentSpanId: above.spanId, kind: 2, status: {} },
    { traceId: above.traceId, parentSpanId: server.spanId, kind: 1, status: {} },
  ])
  expect(attributes(server)).toMatchObject({
    'http.request.method': 'GET',
    'url.path': '/f/1',
    'http.route': '/f/:id',
    'http.response.status_code': '200',
    'faas.name': 'f',
  })
  expect(BigInt(server.endTimeUnixNano) > BigInt(server.startTimeUnixNano)).toBe(true)
  expect(resources[0]).toMatchObject({ 'service.name': 'shop', 'deployment.environment.name': 'dev' })
  expect(seen[0]).toEqual(['POST', '/v1/traces', 'application/json', 'a b'])

  spans.length = 0
  await fetch(`${url}/f/exit`)
  expect(attributes(await named('call f'))['error.type']).toBe('exit')
  expect(await named('GET /f/:id')).toMatchObject({ status: { code: 2 } })
  expect(attributes(await named('GET /f/:id'))).toMatchObject({
    'error.type': 'exit',
    'http.response.status_code': '502',
  })

  const event = readTraceparent(
    (await (await fetch(`${url}/function/job`, { method: 'POST', body: '{}' })).text()).trim(),
  )
  expect(event?.spanId).toBe((await named('call job')).spanId)

  const { port, token } = await platform.record()
  const headers = { authorization: `Bearer ${token}` }
  const fire = `http://127.0.0.1:${port}/v1/services/shop/dev/functions/f/timers/tick/fire`
  expect(await (await fetch(fire, { method: 'POST', headers })).json()).toMatchObject({ ok: true })
  const { spanId, traceId } = await named('timer f')
  await until(
    async () => (await platform.logs()).some(({ text }) => text === `timer 00-${traceId}-${spanId}-01`),
    'the event',
  )

  const count = spans.length
  const refused = await fetch(`${url}/f/1`, { headers: { traceparent: `00-${above.traceId}-${above.spanId}-00` } })
  expect(await refused.text()).toBe(`00-${above.traceId}-${above.spanId}-00`)
  await fetch(`${url}/f/last`)
  const { pid } = await platform.record()
  process.kill(pid, 'SIGTERM')
  await until(() => !isAlive(pid), 'the end of the platform')
  expect(spans.length).toBe(count + 2)
})

function attributes({ attributes: all }: Span): Record<string, unknown> {
  return Object.fromEntries(all.map(({ key, value }) => [key, Object.values(value)[0]]))
}

test.each([
  ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', true],
  ['cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-will-be-like', true],
  ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more', false],
  ['ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', false],
  ['00-00000000000000000000000000000000-b7ad6b7169203331-01', false],
  ['00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01', false],
  ['00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01', false],
  ['', false],
])('traceparent %s', (header, isOne) => {
  expect(readTraceparent(header) !== undefined).toBe(isOne)
})

test('without an endpoint a function gets what was sent, and nothing else', async () => {
  const url = await local().deploy('f', { body: BODY })
  expect(await (await fetch(`${url}/f`)).text()).toBe('')
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  expect(await (await fetch(`${url}/f`, { headers: { traceparent } })).text()).toBe(traceparent)
})
