import { request } from 'node:http'
import { hostname } from 'node:os'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { OwnHosts } from '../../src/local/platform/door/own-hosts.ts'
import { hello, startDev } from '../dev/dev-session.ts'
import { reply, useLocal } from './fixture.ts'

const local = useLocal()

/** What a browser gets whose page has the name `host` lead to this machine. */
function ask(url: string, host: string, headers: Record<string, string> = {}): Promise<[status: number, body: string]> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { headers: { host, ...headers }, agent: false })
    asking.once('error', reject)
    asking.once('response', (response) =>
      text(response).then((body) => resolve([response.statusCode ?? 0, body]), reject),
    )
    asking.once('upgrade', (_, socket) => {
      socket.destroy()
      resolve([101, ''])
    })
    asking.end()
  })
}

test('addresses, and names that lead nowhere else, are those of this machine', () => {
  const hosts = new OwnHosts(undefined)
  for (const own of [
    undefined,
    '127.0.0.1',
    '127.0.0.1:7001',
    '10.1.2.3:80',
    '[::1]:7001',
    '[::1]',
    'localhost',
    'LOCALHOST:7001',
    'localhost.',
    'shop.localhost:7001',
    'host.docker.internal:7001',
    'Host.Containers.Internal',
  ])
    expect([own, hosts.has(own)]).toEqual([own, true])
  const strange = [
    'evil.example',
    'evil.example:7001',
    'localhost.evil.example',
    'notlocalhost',
    '127.0.0.1.evil.example',
    'evil.host.docker.internal',
    'host.docker.internal.evil.example',
    'evil.internal',
  ]
  for (const host of [...strange, '', '1.2.3', '[::1', 'localhost:x', 'localhost@evil.example', hostname()])
    expect([host, hosts.has(host)]).toEqual([host, false])
  hosts.declare(['Shop.Example.com'])
  expect([hosts.has('shop.example.com'), hosts.has('shop.example.com:8080')]).toEqual([true, true])
  hosts.declare([])
  expect(hosts.has('shop.example.com')).toBe(false)
  const open = new OwnHosts('build.example.com')
  for (const own of ['build.example.com:80', `${hostname()}:80`, `${hostname()}.local`])
    expect([own, open.has(own)]).toEqual([own, true])
})

test('a page whose name leads here reads nothing of a service, and its domain does', async () => {
  const platform = local()
  const url = await platform.deploy('f', { body: reply('"mine"') })
  const page = await platform.deploy('server', {
    files: { 's.js': `require('http').createServer((_, r) => r.end('mine')).listen(process.env.PORT)` },
    server: { command: ['node', 's.js'] },
  })
  for (const path of ['/f', '/server', '/function/f', '/nothing', '/_/health', '/_/ready', '/async-function/f']) {
    const [status, body] = await ask(page + path, 'evil.example')
    expect([path, status, body]).toEqual([
      path,
      421,
      expect.stringContaining('"evil.example" is no name of this service'),
    ])
  }
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket' }
  expect(await ask(`${url}/server`, 'evil.example', upgrade)).toEqual([421, expect.stringContaining('evil.example')])
  // A connection that was let in once is asked again.
  expect(await ask(`${url}/f`, 'any.localhost')).toEqual([200, 'mine'])
  expect((await ask(`${url}/f`, 'shop.example.com'))[0]).toBe(421)
  await platform.deploy('f', { body: reply('"mine"'), hosts: ['shop.example.com'] })
  for (const path of ['/f', '/server']) expect(await ask(url + path, 'shop.example.com')).toEqual([200, 'mine'])
  expect((await ask(`${url}/f`, 'evil.example'))[0]).toBe(421)
})

test('a page whose name leads here reads nothing of the platform, its console included', async () => {
  const platform = local()
  await platform.deploy('f', { body: reply('"mine"') })
  const { port, token } = await platform.record()
  const authorization = `Bearer ${token}`
  for (const path of ['/_/', '/healthz', '/metrics', '/v1/state', '/system/functions', '/function/f']) {
    const [status, body] = await ask(`http://127.0.0.1:${port}${path}`, 'evil.example', { authorization })
    expect([path, status, body]).toEqual([path, 403, expect.stringContaining('its own address only')])
    expect((await ask(`http://127.0.0.1:${port}${path}`, `localhost:${port}`, { authorization }))[0]).toBe(200)
  }
})

test('in development it is the same, also of what is broken', async () => {
  const dev = await startDev({ 'serverless.yml': hello(), 'hello.ts': 'export const handler = () => ((' })
  expect((await ask(`${dev.url}/`, 'localhost'))[0]).toBe(503)
  const [status, body] = await ask(`${dev.url}/`, 'evil.example')
  expect([status, body]).toEqual([421, expect.not.stringContaining('handler = ')])
})
