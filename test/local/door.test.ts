import { once } from 'node:events'
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { freePort } from '../../src/local/server.ts'
import { ownPort } from '../fixtures/own-port.ts'
import { type LocalFixture, reply, until, useLocal } from './fixture.ts'

const local = useLocal()

const EVERYWHERE = '0.0.0.0'
const HEADERS = { body: reply('JSON.stringify(event.headers) + event.url') }

/** Where the service is open, as this machine reaches it. */
async function doorOf(platform: LocalFixture, host?: string): Promise<string> {
  const { open } = (await platform.info(host === undefined ? {} : { host })) ?? {}
  const [url = ''] = open?.urls ?? []
  expect(url).toMatch(/^http:\/\/[\d.]+:\d+$/)
  return `http://127.0.0.1:${new URL(url).port}`
}

async function tokenOf({ home }: LocalFixture): Promise<string> {
  return (await readFile(home.token, 'utf8')).trim()
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

test('a service is open to others at an address of its own, to who brings the token', async () => {
  const platform = local()
  const url = await platform.deploy('f', HEADERS)
  expect((await platform.info())?.open).toBeUndefined()
  const door = await doorOf(platform, EVERYWHERE)
  const token = await tokenOf(platform)
  expect((await stat(platform.home.token)).mode & 0o777).toBe(0o600)
  const wrong = [undefined, `Bearer ${token}x`, `Bearer ${token.slice(1)}`, 'Bearer', `Basic ${token}`, token]
  for (const authorization of [...wrong, basic('any', ''), basic(token, 'any')]) {
    const headers = authorization === undefined ? {} : { authorization }
    for (const path of [
      '/f',
      '/function/f',
      '/async-function/f',
      '/_/health',
      '/_/ready',
      '/nothing',
      '/dapr/config',
    ]) {
      const refused = await fetch(door + path, { method: 'POST', body: 'x', headers })
      expect([refused.status, await refused.text()]).toEqual([401, 'the token is missing or wrong\n'])
      expect(refused.headers.get('www-authenticate')).toBe(
        'Bearer realm="anyfaas", Basic realm="anyfaas", charset="UTF-8"',
      )
    }
  }
  for (const authorization of [`Bearer ${token}`, `bearer  ${token}`, basic('admin', token), basic('', token)]) {
    const response = await fetch(`${door}/f?a=1`, { headers: { authorization, 'x-own': 'kept' } })
    const text = await response.text()
    expect([response.status, text]).toEqual([200, expect.stringContaining('kept')])
    expect(text).not.toMatch(/authorization/i)
    expect(text).toMatch(/\/f\?a=1$/)
  }
  const right = { authorization: `Bearer ${token}` }
  expect((await fetch(`${door}/function/f`, { headers: right })).status).toBe(200)
  expect((await fetch(`${door}/async-function/f`, { method: 'POST', headers: right })).status).toBe(202)
  expect((await fetch(`${door}/_/ready`, { headers: right })).status).toBe(200)
  // What manages the platform is not there, with this token or that of the platform.
  const { token: ofPlatform } = await platform.record()
  for (const path of ['/system/functions', '/metrics', '/v1/state', '/_/']) {
    expect((await fetch(door + path, { headers: right })).status).toBe(404)
    expect((await fetch(door + path, { headers: { authorization: `Bearer ${ofPlatform}` } })).status).toBe(401)
  }
  expect((await fetch(`${url}/f`)).status).toBe(200)
  const printed = JSON.stringify([await platform.logs(), await platform.info(), await platform.ask(['state'])])
  expect(printed).not.toContain(token)
  expect(await readFile(platform.home.output, 'utf8')).not.toContain(token)
})

test('an authorization of the function own goes through beside the token', async () => {
  const platform = local()
  await platform.deploy('f', HEADERS)
  const door = new URL(await doorOf(platform, EVERYWHERE))
  const headers = { authorization: 'Bearer mine', 'proxy-authorization': `Bearer ${await tokenOf(platform)}` }
  const outgoing = request({ host: '127.0.0.1', port: door.port, path: '/f', headers }).end()
  const [response] = (await once(outgoing, 'response')) as [AsyncIterable<Buffer> & { statusCode: number }]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  expect(response.statusCode).toBe(200)
  const text = Buffer.concat(chunks).toString()
  expect(text).toContain('Bearer mine')
  expect(text).not.toContain('proxy-authorization')
})

const SERVER = `const { createServer } = require('http')
let gone = 0
createServer((request, response) => {
  if (request.url === '/gone') return response.end(String(gone))
  if (request.url === '/echo') return request.pipe(response)
  response.write('first')
  response.on('close', () => gone++)
}).on('upgrade', (request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nupgrade: echo\\r\\nconnection: upgrade\\r\\n\\r\\n')
  socket.on('data', (bytes) => socket.write(JSON.stringify(request.headers) + bytes))
}).listen(process.env.PORT)`

test('streams, clients that go and other protocols pass the door', async () => {
  const platform = local()
  const routes = [{ path: '/*', methods: [] }]
  await platform.deploy('s', { files: { 'server.js': SERVER }, server: { command: ['node', 'server.js'] }, routes })
  const door = await doorOf(platform, EVERYWHERE)
  const headers = { authorization: `Bearer ${await tokenOf(platform)}` }
  const body = Buffer.alloc(3 << 20, 'x')
  const echoed = await fetch(`${door}/echo`, { method: 'POST', body, headers })
  expect(Buffer.from(await echoed.arrayBuffer()).equals(body)).toBe(true)
  const leaving = new AbortController()
  const endless = await fetch(`${door}/endless`, { headers, signal: leaving.signal })
  expect(Buffer.from((await endless.body?.getReader().read())?.value ?? []).toString()).toBe('first')
  leaving.abort()
  await until(async () => (await (await fetch(`${door}/gone`, { headers })).text()) === '1', 'the end at the function')

  const change = { connection: 'Upgrade', upgrade: 'echo' }
  const asking = request(`${door}/chat`, { headers: { ...headers, ...change } }).end()
  const [, socket] = (await once(asking, 'upgrade')) as [unknown, Socket]
  socket.write('hello')
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/hello$/)
  expect(answer.toString()).not.toMatch(/authorization/)
  const stranger = request(`${door}/chat`, { headers: change }).end()
  const [refused] = (await once(stranger, 'response')) as [{ statusCode: number }]
  expect(refused.statusCode).toBe(401)
  const ended = once(socket, 'close')
  await platform.info({ host: '127.0.0.1' })
  await ended
})

test('the door is there again after the platform was killed, with the same port and token, until it is closed', async () => {
  const platform = local()
  await platform.deploy('f', { body: reply('1') })
  const port = await freePort()
  const door = await doorOf(platform, `${EVERYWHERE}:${port}`)
  expect(door).toBe(`http://127.0.0.1:${port}`)
  const headers = { authorization: `Bearer ${await tokenOf(platform)}` }
  const { pid } = await platform.record()
  process.kill(pid, 'SIGKILL')
  expect(await doorOf(platform)).toBe(door)
  expect((await platform.record()).pid).not.toBe(pid)
  expect((await fetch(`${door}/f`, { headers })).status).toBe(200)
  expect(await doorOf(platform, EVERYWHERE)).toBe(door)
  expect((await platform.info({ host: '127.0.0.1' }))?.open).toBeUndefined()
  await expect(fetch(`${door}/f`, { headers })).rejects.toThrow()
  expect((await platform.info())?.open).toBeUndefined()
})

test('a token that its owner changes counts from then on, and one that others can read does not open anything', async () => {
  const platform = local()
  await platform.deploy('f', { body: reply('1') })
  const door = await doorOf(platform, EVERYWHERE)
  const statusWith = async (token: string): Promise<number> =>
    (await fetch(`${door}/f`, { headers: { authorization: `Bearer ${token}` } })).status
  const before = await tokenOf(platform)
  expect(await statusWith(before)).toBe(200)
  await writeFile(platform.home.token, 'another-token-of-mine\n')
  await until(async () => (await statusWith('another-token-of-mine')) === 200, 'the new token')
  expect(await statusWith(before)).toBe(401)
  await rm(platform.home.token)
  await until(async () => (await statusWith('another-token-of-mine')) === 401, 'nobody to come in')
  expect(await statusWith('')).toBe(401)
  await writeFile(platform.home.token, 'short\n', { mode: 0o600 })
  const refused = platform.info({ host: `${EVERYWHERE}:${await freePort()}` })
  await expect(refused).rejects.toThrow(/holds no token/)
  await writeFile(platform.home.token, 'another-token-of-mine\n')
  await chmod(platform.home.token, 0o644)
  await expect(platform.info({ host: `${EVERYWHERE}:${await freePort()}` })).rejects.toThrow(/others can read/)
  // The door of before is still there.
  await until(async () => (await statusWith('another-token-of-mine')) === 200, 'the door of before')
})

test('an address that is none and a port that is taken are told, and what was open stays open', async () => {
  const platform = local()
  await platform.deploy('f', { body: reply('1') })
  const other = createServer().listen(0, EVERYWHERE)
  await once(other, 'listening')
  const taken = (other.address() as { port: number }).port
  const codeOf = async (host: string): Promise<unknown> =>
    platform.info({ host }).then(
      () => 'open',
      (failure: { diagnostics: { code: string; message: string }[] }) => failure.diagnostics[0],
    )
  // Nobody's: https://www.rfc-editor.org/rfc/rfc5737
  const nowhere = { code: 'SLS7007', message: '"203.0.113.77" is no address of this machine' }
  expect(await codeOf('203.0.113.77')).toMatchObject(nowhere)
  expect(await codeOf('0.0.0.0:99999')).toMatchObject({ code: 'SLS7007' })
  expect(await codeOf('http://x/')).toMatchObject({ code: 'SLS7007' })
  expect(await codeOf('localhost:80')).toMatchObject({ code: 'SLS7007' })
  expect(await codeOf(`${EVERYWHERE}:${taken}`)).toMatchObject({ code: 'SLS7005' })
  expect((await platform.info())?.open).toBeUndefined()
  // A port of its own: while the platform is killed, another test's service must not open there.
  const door = await doorOf(platform, `${EVERYWHERE}:${await ownPort()}`)
  expect(await codeOf(`${EVERYWHERE}:${taken}`)).toMatchObject({ code: 'SLS7005' })
  expect(await codeOf('203.0.113.77')).toMatchObject(nowhere)
  expect(await doorOf(platform)).toBe(door)
  expect((await fetch(`${door}/f`)).status).toBe(401)
  // A port that somebody else has got meanwhile: the service is open at another one, and says so.
  const { pid } = await platform.record()
  process.kill(pid, 'SIGKILL')
  await until(
    () =>
      fetch(door).then(
        () => false,
        () => true,
      ),
    'the end of the platform',
  )
  const thief = createServer().listen(Number(new URL(door).port), EVERYWHERE)
  await once(thief, 'listening')
  expect(await doorOf(platform)).not.toBe(door)
  expect(JSON.stringify((await platform.info())?.functions[0]?.notes)).toContain('was taken by something else')
  thief.close()
  other.close()
})
