import { once } from 'node:events'
import { Agent, createServer } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { Exchange } from '../../src/local/platform/instances/exchange.ts'
import { forward } from '../../src/local/platform/instances/proxy.ts'

const closing: (() => unknown)[] = []

afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** Answers the first request of each connection and keeps it, and ends it when a second one has come. */
async function forgetful(): Promise<{ port: number; methods: string[] }> {
  const methods: string[] = []
  const answered = new Set<Socket>()
  const server = createSocketServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      methods.push(String(bytes).split(' ', 1)[0] ?? '')
      if (answered.has(socket)) return void socket.resetAndDestroy()
      answered.add(socket)
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    for (const socket of answered) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, methods }
}

async function gatewayTo(port: number): Promise<string> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const server = createServer((request, response) => {
    const exchange = new Exchange({ request, response }, { closed: () => undefined }, { request, response })
    forward(exchange, { port, agent, signal: AbortSignal.timeout(5000) }).catch((failure: NodeJS.ErrnoException) =>
      response.writeHead(502).end(failure.code),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    agent.destroy()
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe('when a server ends a kept connection as it is used again', () => {
  test.each(['GET', 'PUT', 'DELETE'])('a %s without a body is sent again', async (method) => {
    const { port, methods } = await forgetful()
    const url = await gatewayTo(port)
    await (await fetch(url)).text()
    expect((await fetch(url, { method })).status).toBe(200)
    expect(methods).toEqual(['GET', method, method])
  })

  test.each(['POST', 'PATCH'])('a %s is not: the server may have done what it asks for', async (method) => {
    const { port, methods } = await forgetful()
    const url = await gatewayTo(port)
    await (await fetch(url)).text()
    const response = await fetch(url, { method })
    expect([response.status, await response.text()]).toEqual([502, 'ECONNRESET'])
    expect(methods).toEqual(['GET', method])
  })
})
