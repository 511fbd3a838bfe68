import { once } from 'node:events'
import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { reply, until, useLocal } from './fixture.ts'

const local = useLocal()

const SERVER = `const { createServer } = require('http')
createServer((_, response) => response.end('plain')).on('upgrade', (request, socket, head) => {
  if (request.url === '/refused') return socket.end('HTTP/1.1 403 Forbidden\\r\\ncontent-length: 2\\r\\n\\r\\nno')
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nupgrade: echo\\r\\nconnection: upgrade\\r\\nx-path: ' + request.url + '\\r\\n\\r\\n')
  socket.on('data', (bytes) => socket.write('echo ' + bytes))
}).listen(process.env.PORT)`

const ECHO = {
  files: { 'server.js': SERVER },
  server: { command: ['node', 'server.js'] },
  routes: [{ path: '/*', methods: [] }],
}

function upgrade(url: string): Promise<{ status: number; path: string | undefined; socket?: Duplex }> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { headers: { connection: 'Upgrade', upgrade: 'echo' } })
    asking.once('error', reject)
    asking.once('response', (response) => {
      response.resume()
      resolve({ status: response.statusCode ?? 0, path: undefined })
    })
    asking.once('upgrade', (response, socket) =>
      resolve({ status: 101, path: String(response.headers['x-path']), socket }),
    )
    asking.end()
  })
}

test('a connection that changes its protocol reaches a server, both ways, until the server goes', async () => {
  const platform = local()
  const url = await platform.deploy('echo', ECHO)
  const { status, path, socket } = await upgrade(`${url}/chat?room=1`)
  expect([status, path]).toEqual([101, '/chat?room=1'])
  if (!socket) return
  socket.write('hello')
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  expect(bytes.toString()).toBe('echo hello')
  const closed = once(socket, 'close')
  await platform.deploy('echo', { ...ECHO, environment: { VERSION: '2' } })
  await closed
  expect((await upgrade(`${url}/refused`)).status).toBe(403)
})

test('a client that goes leaves nothing behind, and a function of messages declines', async () => {
  const platform = local()
  const url = await platform.deploy('echo', { ...ECHO, concurrency: { instance: 1, max: 1, queue: 0 } })
  const { socket } = await upgrade(`${url}/chat`)
  expect((await fetch(`${url}/x`)).status).toBe(429)
  socket?.destroy()
  await until(async () => (await fetch(`${url}/x`)).status === 200, 'the place of the connection')
  await platform.deploy('plain', { body: reply('1') })
  expect((await upgrade(`${url}/plain`)).status).toBe(426)
})
