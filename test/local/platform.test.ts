import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { reply, until, useLocal } from './fixture.ts'

const local = useLocal()

describe('the gateway', () => {
  test('gives a function its request and its answer to the client', async () => {
    const url = await local().deploy('echo', {
      body: `return { kind: 'http', status: 201, headers: [['x-twice', 'a'], ['x-twice', 'b'], ['set-cookie', 'a=1'], ['set-cookie', 'b=2'], ['x-place', 'Zürich']],
        body: JSON.stringify({ event: { ...event, body: event.body && Buffer.from(event.body).toString() }, context }) }`,
    })
    const response = await fetch(`${url}/echo?x=%20y`, { method: 'PUT', body: 'hé', headers: { 'x-Own': '1' } })
    const { event, context } = (await response.json()) as {
      event: { method: string; url: string; headers: [string, string][]; body: string; ip: string }
      context: Record<string, unknown>
    }
    expect(response.status).toBe(201)
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.get('x-twice')).toBe('a, b')
    expect(response.headers.get('x-place')).toBe('Zürich')
    expect(event).toMatchObject({ kind: 'http', method: 'PUT', url: '/echo?x=%20y', body: 'hé', ip: '127.0.0.1' })
    expect(event.headers).toContainEqual(['x-Own', '1'])
    expect(context).toMatchObject({ service: 'shop', stage: 'dev', function: 'echo', memoryMb: 128 })
    expect(response.headers.get('x-request-id')).toBe(context['requestId'])
  })

  test('keeps bytes that are no text, in both directions', async () => {
    const url = await local().deploy('bytes', {
      body: `return { kind: 'http', status: 200, headers: [], body: Uint8Array.from(event.body).reverse() }`,
    })
    const bytes = Uint8Array.from({ length: 1 << 20 }, (_, index) => (index * 7919) % 256)
    const response = await fetch(`${url}/bytes`, { method: 'POST', body: bytes })
    expect(sha(new Uint8Array(await response.arrayBuffer()))).toBe(sha(Uint8Array.from(bytes).reverse()))
  })

  test('finds the function by path and method', async () => {
    const platform = local()
    await platform.deploy('list', { routes: [{ path: '/posts', methods: ['GET'] }], body: reply('"list"') })
    await platform.deploy('create', { routes: [{ path: '/posts', methods: ['POST'] }], body: reply('"create"') })
    const url = await platform.deploy('one', { routes: [{ path: '/posts/:id', methods: [] }], body: reply('"one"') })
    const ask = async (method: string, path: string) => {
      const response = await fetch(url + path, { method })
      return [response.status, await response.text(), response.headers.get('allow')]
    }
    expect(await ask('GET', '/posts')).toEqual([200, 'list', null])
    expect(await ask('POST', '/posts')).toEqual([200, 'create', null])
    expect(await ask('PATCH', '/posts/7')).toEqual([200, 'one', null])
    expect(await ask('PUT', '/posts')).toEqual([405, '/posts answers GET, POST, HEAD, not PUT\n', 'GET, POST, HEAD'])
    expect(await ask('GET', '/nothing')).toEqual([404, 'no function of this service answers /nothing\n', null])
    expect((await ask('GET', '/posts/%E0%A4'))[0]).toBe(400)
    expect(await ask('HEAD', '/posts')).toEqual([200, '', null])
  })

  test('sends a preflight request to the function whose method it asks for', async () => {
    const platform = local()
    await platform.deploy('list', { routes: [{ path: '/posts', methods: ['GET'] }], body: reply('"list"') })
    const url = await platform.deploy('create', {
      routes: [{ path: '/posts', methods: ['POST'] }],
      body: reply('"create"'),
    })
    const headers = { origin: 'http://a.example', 'access-control-request-method': 'POST' }
    const response = await fetch(`${url}/posts`, { method: 'OPTIONS', headers })
    expect(await response.text()).toBe('create')
  })

  test('reaches every function by its name, and one without routes as an event', async () => {
    const platform = local()
    await platform.deploy('page', { routes: [{ path: '/*', methods: [] }], body: reply('event.url') })
    const url = await platform.deploy('job', { routes: [], body: `return { kind: 'value', value: event }` })
    expect(await (await fetch(`${url}/function/page/a/b?c=1`)).text()).toBe('/a/b?c=1')
    expect(await (await fetch(`${url}/function/page`)).text()).toBe('/')
    await platform.deploy('fixed', {
      routes: [
        { path: '/a/:b', methods: [] },
        { path: '/home', methods: [] },
      ],
      body: reply('event.url'),
    })
    expect(await (await fetch(`${url}/function/fixed?c=1`)).text()).toBe('/home?c=1')
    const answer = await fetch(`${url}/function/job`, { method: 'POST', body: '{"n":[1]}' })
    expect(await answer.json()).toMatchObject({ kind: 'event', data: { n: [1] } })
    const wrong = await fetch(`${url}/function/job`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    })
    expect([wrong.status, wrong.headers.get('x-error-class')]).toEqual([500, 'user'])
  })

  test('streams an answer as it is made, no faster than it is read', async () => {
    const url = await local().deploy('stream', {
      timeout: 20,
      body: `globalThis.made ??= 0
        if (event.url.endsWith('made')) ${reply('made')}
        return { kind: 'http', status: 200, headers: [], body: (async function* () {
          for (let n = 0; n < 200; n++) { globalThis.made++; yield new Uint8Array(64 << 10).fill(n) } })() }`,
    })
    const outgoing = request(`${url}/stream`).end()
    const [response] = await once(outgoing, 'response')
    await once(response, 'readable')
    const made = async () => Number(await (await fetch(`${url}/stream?made`)).text())
    let last = -1
    await until(async () => {
      const now = await made()
      const isStill = now === last
      last = now
      return isStill
    }, 'the function to wait for the client')
    expect(last).toBeLessThan(150)
    let bytes = 0
    for await (const chunk of response) bytes += chunk.length
    expect([bytes, await made()]).toEqual([200 * (64 << 10), 200])
  })

  test('tells the function when the client has gone', async () => {
    const platform = local()
    const url = await platform.deploy('slow', {
      timeout: 20,
      body: `await new Promise((resolve) => context.signal.addEventListener('abort', resolve))
        console.log('the client has gone'); ${reply('1')}`,
    })
    const gone = new AbortController()
    const asked = fetch(`${url}/slow`, { signal: gone.signal }).catch((error) => error.name)
    await until(async () => (await platform.info())?.functions[0]?.state === 'running', 'the call')
    setTimeout(() => gone.abort(), 100)
    expect(await asked).toBe('AbortError')
    await until(async () => (await platform.logs()).some((line) => line.text === 'the client has gone'), 'the log line')
  })

  test('breaks the connection when a stream fails in its middle', async () => {
    const url = await local().deploy('torn', {
      body: `return { kind: 'http', status: 200, headers: [], body: (async function* () { yield Buffer.from('half'); throw new Error('torn') })() }`,
    })
    const response = await fetch(`${url}/torn`)
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow()
  })

  test('refuses a body that is too large, before reading it', async () => {
    const url = await local().deploy('large', { body: reply('1') })
    const outgoing = request(`${url}/large`, { method: 'POST', headers: { 'content-length': 33 << 20 } })
    outgoing.flushHeaders()
    const [response] = await once(outgoing, 'response')
    expect([response.statusCode, response.headers['x-error-class']]).toEqual([413, 'too-large'])
    outgoing.destroy()
  })
})

describe('a failing function', () => {
  test('that throws answers 500 without its stack', async () => {
    const url = await local().deploy('bad', { body: `throw new Error('the secret inside')` })
    const response = await fetch(`${url}/bad`)
    expect([response.status, response.headers.get('x-error-class'), await response.text()]).toEqual([
      500,
      'user',
      'the function failed\n',
    ])
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('that answers nonsense is a bad gateway', async () => {
    const platform = local()
    const url = await platform.deploy('bad', {
      body: `if (event.url.endsWith('circle')) { const o = {}; o.o = o; return { kind: 'value', value: o } }
        return event.url.endsWith('value') ? { kind: 'value', value: 1 } : { kind: 'http', status: 200, headers: [['x', 'a\\nb']], body: '' }`,
    })
    const classes = async (path: string) => {
      const response = await fetch(`${url}/bad?${path}`)
      return [response.status, response.headers.get('x-error-class')]
    }
    expect(await classes('header')).toEqual([502, 'reply'])
    expect(await classes('value')).toEqual([502, 'reply'])
    expect(await classes('circle')).toEqual([500, 'user'])
  })
})

function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
