import { Agent, type Server, request as send } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type ServerHandlers, serve } from '../../src/runtime/server/index.ts'
import { entryFor, PATIENCE_MS, REST, RUNS, request } from './hostile.ts'
import { recordLog } from './log.ts'
import { httpCall, info, type Platform, platforms } from './platforms.ts'
import { startServer } from './server-shape.ts'

recordLog()

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array | string
}

// What Node's own client lets through; what it does not is written to a socket below.
const visible = fc
  .string({ unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)) })
  .map((text) => text.replaceAll('\x7f', ''))
const words = fc.oneof(
  visible,
  fc.constantFrom('%', '%zz', '%00', '..', '//', '__proto__', 'constructor', '{', '?', '\xff'),
)
const name = fc.constantFrom(
  ...['content-type', 'cookie', 'host', 'accept', 'x-forwarded-for', 'x-forwarded-proto', '__proto__', 'x-a'],
  ...['x-fc-control-path', 'x-fc-request-id', 'x-fc-function-timeout', 'x-scf-request-id', 'x-amzn-lambda-context'],
)
const value = fc.oneof(
  words,
  fc.constantFrom('/invoke', '/initialize', '/pre-stop', '/http-invoke', 'application/json', 'multipart/form-data'),
  fc.constantFrom(
    'application/x-www-form-urlencoded',
    'application/cloudevents+json',
    '-1',
    '1e999',
    '{"request_id":1}',
  ),
)
const asked: fc.Arbitrary<Asked> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND'),
  path: fc.oneof(words, fc.constantFrom('invoke', 'initialize', 'pre-stop')).map((rest) => `/${rest}`),
  headers: fc.array(fc.tuple(name, value), { maxLength: 4 }),
  body: fc.oneof(fc.uint8Array(), words, fc.constantFrom('{"specversion":"1.0"}', '{"a":', 'null', '"\ud800"')),
})

const servers = platforms.filter(({ start }) => start === startServer)

describe.each(servers.map((platform) => [platform.name, platform] as const))('%s', (_, platform) => {
  let server: Server
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  const port = () => (server.address() as AddressInfo).port

  beforeAll(async () => {
    vi.spyOn(process.stdout, 'write').mockImplementation(() => true)
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    server = await serve(entryFor(platform).handler() as unknown as ServerHandlers, { port: 0 })
  })
  afterAll(async () => {
    process.removeListener('SIGTERM', process.listeners('SIGTERM').at(-1) as NodeJS.SignalsListener)
    vi.restoreAllMocks()
    agent.destroy()
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })

  test(
    'any request over a socket gets an answer, and none gets that of another',
    async () => {
      const property = fc.asyncProperty(asked, fc.nat(), async (hostile, id) => {
        const [answer, neighbour] = await Promise.all([
          ask(agent, port(), hostile),
          ask(agent, port(), good(platform, id)),
        ])
        expect(answer.status).toBeGreaterThanOrEqual(200)
        expect(neighbour).toEqual({ status: 200, body: `${id}` })
      })
      await fc.assert(property, { seed: 20260806, numRuns: RUNS })
    },
    PATIENCE_MS,
  )

  test(
    'what is no HTTP at all is refused or cut, and the server stays',
    async () => {
      const line = fc.oneof(
        words,
        fc.string({ unit: 'binary' }),
        fc.constantFrom('POST /invoke HTTP/1.1', 'GET / HTTP/9'),
      )
      const lines = fc.oneof(
        fc.constantFrom('content-length: 9', 'content-length: -1', 'transfer-encoding: chunked'),
        line,
      )
      const property = fc.asyncProperty(fc.array(lines, { maxLength: 5 }), async (list) => {
        await shout(port(), `${list.join('\r\n')}\r\n\r\n`)
        expect(await ask(agent, port(), good(platform, 1))).toEqual({ status: 200, body: '1' })
      })
      await fc.assert(property, { seed: 20260807, numRuns: REST })
    },
    PATIENCE_MS,
  )
})

function good({ emulator }: Platform, id: number): Asked {
  const own = emulator.server?.headers(httpCall(request), info) ?? []
  return { method: 'POST', path: `/echo/${id}`, headers: [...own, ['x-id', `${id}`]], body: request.body }
}

function ask(
  agent: Agent,
  port: number,
  { method, path, headers, body }: Asked,
): Promise<{ status: number; body: string }> {
  const given = [...headers.flat(), 'content-length', String(Buffer.byteLength(body))]
  if (!headers.some(([key]) => key === 'host')) given.push('host', 'shop.example.com')
  return new Promise((resolve, reject) => {
    const outgoing = send({ host: '127.0.0.1', port, method, path, headers: given, agent }, async (incoming) => {
      resolve({ status: incoming.statusCode ?? 0, body: await text(incoming) })
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}

// Ends when the server has closed its side, or has nothing to say to the end of ours.
function shout(port: number, bytes: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes, 'latin1'))
    socket.on('error', () => undefined)
    socket.once('close', () => resolve())
    socket.resume()
  })
}
