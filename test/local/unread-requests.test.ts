import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import { OutputDoor } from '../../src/local/outputs/output-door.ts'
import { collect } from '../../src/local/platform/instances/exchange.ts'
import { answerDapr } from '../../src/local/platform/services/dapr.ts'
import type { Deployed } from '../../src/local/platform/services/deployed.ts'

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** What comes back for a request in chunks that has more of them than anybody takes, and for another one behind it. */
async function sendTooMuch(port: number, head: readonly string[], megabytes: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const received: string[] = []
  socket.setEncoding('utf8').on('data', (text: string) => received.push(text))
  const ended = new Promise<void>((resolve) => socket.once('error', () => resolve()).once('close', () => resolve()))
  socket.write([...head, 'Host: localhost', 'Transfer-Encoding: chunked', '', ''].join('\r\n'))
  const piece = Buffer.alloc(1 << 20, 'x')
  const answered = once(socket, 'data')
  // Not to its end: the answer has to be there before it.
  for (let sent = 0; sent < megabytes && !socket.destroyed; sent++) {
    socket.write(`${piece.length.toString(16)}\r\n`)
    socket.write(piece)
    socket.write('\r\n')
  }
  await answered
  await ended
  return received.join('')
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

function daprFunction(told: string[]): Deployed {
  const sources = [
    { name: 'bus', type: 'dapr', enabled: true, component: 'pubsub', topic: 'orders' },
    { name: 'in', type: 'dapr', enabled: true, component: 'mailbox' },
  ]
  return { name: 'f', spec: { sources }, tell: (text: string) => told.push(text) } as unknown as Deployed
}

describe('a request that nobody reads to its end is the last of its connection', () => {
  test('at the door of outputs', async () => {
    const told: string[] = []
    const owner = { outputs: [{ name: 'hook', kind: 'http' as const }], tell: (text: string) => void told.push(text) }
    const door = new OutputDoor(() => owner, { publish: async () => undefined })
    await door.open()
    closing.push(() => door.close())
    const { DAPR_HTTP_PORT: port, DAPR_API_TOKEN: token } = door.variablesFor('f.s.dev')
    const head = ['POST /v1.0/bindings/hook HTTP/1.1', `dapr-api-token: ${token}`]
    const answer = await sendTooMuch(Number(port), head, 8)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toMatch(/\r\nconnection: close\r\n/i)
    expect(told).toEqual(['the output "hook" failed: the body is larger than 6 MB'])
  })

  test.each([
    ['a message', '/dapr/events/f/bus', 200, '{"status":"DROP"}'],
    ['a binding', '/mailbox', 413, '{"error":"the body is larger than 32 MB"}'],
  ])('of a sidecar of Dapr: %s', async (_, path, status, body) => {
    const told: string[] = []
    const functions = [daprFunction(told)]
    const port = await listening(createServer((request, response) => answerDapr({ functions }, request, response)))
    const answer = await sendTooMuch(port, [`POST ${path} HTTP/1.1`], 34)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).toMatch(/\r\nconnection: close\r\n/i)
    expect(answer).toContain(body)
    if (status === 200) expect(told).toEqual(['a message of orders cannot be read: the body is larger than 32 MB'])
  })
})

test('a body whose client has gone before it is asked for breaks off', async () => {
  const message = new PassThrough()
  message.destroy()
  await once(message, 'close')
  await expect(collect(message as unknown as IncomingMessage, 10)).rejects.toThrow('the message broke off')
})
