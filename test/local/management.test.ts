import { request } from 'node:http'
import { expect, test } from 'vitest'
import type { PlatformState } from '../../src/local/api.ts'
import { type LocalFixture, reply, until, useLocal } from './fixture.ts'

const local = useLocal()

/** Asks as a client of OpenFaaS does. */
async function ask(platform: LocalFixture, path: string, init: RequestInit = {}): Promise<Response> {
  const { port, token } = await platform.record()
  const authorization = `Basic ${Buffer.from(`admin:${token}`).toString('base64')}`
  return await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers: { authorization, ...init.headers } })
}

async function json(platform: LocalFixture, path: string): Promise<unknown> {
  return await (await ask(platform, path)).json()
}

test('lists, describes, scales, calls and removes functions as the gateway of OpenFaaS does', async () => {
  const platform = local()
  await platform.deploy('login', {
    body: reply('JSON.stringify([event.url, event.headers.map(([n]) => n.toLowerCase()).includes("authorization")])'),
    concurrency: { max: 3 },
  })
  await platform.deploy('login', { body: reply('"of the blog"') }, { service: 'blog' })
  expect(await json(platform, '/system/info')).toMatchObject({ provider: { provider: 'anyfaas' } })
  expect(await json(platform, '/system/namespaces')).toEqual(['shop.dev', 'blog.dev'])
  expect(await json(platform, '/system/namespace/blog.dev')).toEqual({ name: 'blog.dev', annotations: {}, labels: {} })
  expect((await ask(platform, '/system/namespace/nothing.dev')).status).toBe(404)
  for (const [method, path] of [
    ['POST', '/system/namespace/'],
    ['PUT', '/system/namespace/blog.dev'],
    ['DELETE', '/system/namespace/blog.dev'],
  ] as const) {
    const init = { method, body: JSON.stringify({ name: 'blog.dev' }) }
    const refused = await ask(platform, path, init)
    expect([refused.status, await refused.text()]).toEqual([405, expect.stringContaining('SERVICE.STAGE')])
  }
  expect(await json(platform, '/system/functions')).toHaveLength(2)
  expect(await json(platform, '/system/functions?namespace=blog.dev')).toMatchObject([
    { name: 'login', namespace: 'blog.dev' },
  ])
  expect((await ask(platform, '/system/function/login')).status).toBe(400)
  const called = await ask(platform, '/function/login.shop.dev/x?a=1', { method: 'POST' })
  expect([called.status, await called.json()]).toEqual([200, ['/x?a=1', false]])
  const scaled = await ask(platform, '/system/scale-function/login', {
    method: 'POST',
    body: JSON.stringify({ serviceName: 'login', namespace: 'shop.dev', replicas: 2 }),
  })
  expect(scaled.status).toBe(202)
  expect(await json(platform, '/system/function/login?namespace=shop.dev')).toMatchObject({
    replicas: 2,
    availableReplicas: 2,
    invocationCount: 1,
  })
  const tooMany = await ask(platform, '/system/scale-function/login', {
    method: 'POST',
    body: JSON.stringify({ serviceName: 'login', namespace: 'shop.dev', replicas: 9 }),
  })
  expect(tooMany.status).toBe(400)
  expect((await ask(platform, '/system/function/nobody')).status).toBe(404)
  const body = JSON.stringify({ functionName: 'login', namespace: 'blog.dev' })
  expect((await ask(platform, '/system/functions', { method: 'DELETE', body })).status).toBe(202)
  await until(async () => ((await json(platform, '/system/functions')) as unknown[]).length === 1, 'the removal')
})

test('wants the token, answers nobody else’s page, and says how it is without one', async () => {
  const platform = local()
  await platform.deploy('f', { body: reply('1') })
  const { port } = await platform.record()
  const refused = await fetch(`http://127.0.0.1:${port}/system/functions`)
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Restricted"'])
  const origin = { origin: 'http://evil.example' }
  expect((await ask(platform, '/system/functions', { headers: origin })).status).toBe(403)
  expect((await ask(platform, '/v1/state', { headers: { origin: `http://127.0.0.1:${port}` } })).status).toBe(200)
  const rebound = await new Promise<number | undefined>((resolve, reject) => {
    request({ port, path: '/v1/state', headers: { host: 'evil.example' } }, ({ statusCode }) => resolve(statusCode))
      .once('error', reject)
      .end()
  })
  expect(rebound).toBe(403)
  expect(await (await ask(platform, '/healthz')).text()).toBe('OK\n')
})

test('tells its state, fires timers, and measures calls', async () => {
  const platform = local()
  const url = await platform.deploy('f', {
    body: `if (event.kind === 'timer') { if (event.data === 'bad') throw new Error('no'); return { kind: 'value' } }
      if (event.url.endsWith('exit')) process.exit(); ${reply('1')}`,
    timers: [
      { name: 'nightly', schedule: '0 0 3 * * * *', timezone: 'UTC', enabled: true, payload: 'good' },
      { name: 'off', schedule: 60, timezone: 'UTC', enabled: false, payload: 'bad' },
    ],
  })
  await fetch(`${url}/f`)
  await fetch(`${url}/f?exit`)
  const fire = async (timer: string) =>
    await ask(platform, `/v1/services/shop/dev/functions/f/timers/${timer}/fire`, { method: 'POST' })
  expect(await (await fire('nightly')).json()).toMatchObject({ ok: true })
  expect(await (await fire('off')).json()).toMatchObject({ ok: false, error: expect.stringContaining('no') })
  expect((await fire('nobody')).status).toBe(404)
  const { services } = (await json(platform, '/v1/state')) as PlatformState
  expect(services).toMatchObject([
    {
      namespace: 'shop.dev',
      url,
      functions: [
        {
          name: 'f',
          state: 'running',
          instances: [{ state: 'ready', running: 0 }],
          limits: { min: 0, max: 1, instance: null, queue: 100 },
          calls: { total: 4, errors: 2, byStatus: { 200: 2, 500: 1, 502: 1 }, byClass: { exit: 1, user: 1 } },
          latencyMs: { p50: expect.any(Number) },
          timers: [
            { name: 'nightly', next: expect.stringMatching(/T03:00:00/), last: expect.any(String) },
            { name: 'off', next: null },
          ],
        },
      ],
    },
  ])
  const metrics = await (await ask(platform, '/metrics')).text()
  expect(metrics).toContain('gateway_function_invocation_total{function_name="f.shop.dev",code="502"} 1')
  expect(metrics).toContain('anyfaas_function_failures_total{function_name="f.shop.dev",class="exit"} 1')
  expect(metrics).toContain('gateway_functions_seconds_bucket{function_name="f.shop.dev",le="+Inf"} 4')
  const shape = /^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+-]+)$/
  expect(
    metrics
      .trim()
      .split('\n')
      .filter((line) => !shape.test(line)),
  ).toEqual([])
})

test('streams logs as NDJSON', async () => {
  const platform = local()
  const url = await platform.deploy('f', { body: `console.log('hello'); ${reply('1')}` })
  await fetch(`${url}/f`)
  const said = async () => (await (await ask(platform, '/system/logs?name=f&tail=50')).text()).trim().split('\n')
  const lines = await until(async () => {
    const all = (await said()).map((line) => JSON.parse(line) as { text: string })
    return all.some(({ text }) => text === 'hello') && all
  }, 'the line')
  expect(lines.at(-1)).toMatchObject({
    name: 'f',
    namespace: 'shop.dev',
    timestamp: expect.stringMatching(/Z$/),
    text: 'hello',
  })
  expect((await ask(platform, '/system/logs?name=f&since=never')).status).toBe(422)
})
