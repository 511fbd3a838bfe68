import { type Server, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, vi } from 'vitest'
import { type ServerHandlers, serve } from '../../src/runtime/server/index.ts'

const open: Server[] = []

/** What a server prints in a test. Servers end with their test. */
export function cleanServers(): string[] {
  const printed: string[] = []
  beforeEach(() => {
    printed.length = 0
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => printed.push(String(line)) > 0)
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    process.removeAllListeners('SIGTERM')
    for (const server of open.splice(0)) {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    }
  })
  return printed
}

export async function start(handlers: ServerHandlers): Promise<number> {
  const server = await serve(handlers, { port: 0 })
  open.push(server)
  return (server.address() as AddressInfo).port
}

interface Ask {
  readonly method?: string
  readonly path?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
}

export function ask(port: number, { method = 'POST', path = '/invoke', headers = [], body = '' }: Ask) {
  const given = [...headers.flat(), 'host', 'x', 'content-length', String(Buffer.byteLength(body))]
  return new Promise<{ status: number; body: string; mark: unknown; type: unknown }>((resolve, reject) => {
    const outgoing = send({ host: '127.0.0.1', port, method, path, headers: given, agent: false }, async (incoming) => {
      const { 'x-fc-status': mark, 'content-type': type } = incoming.headers
      resolve({ status: incoming.statusCode ?? 0, body: await text(incoming), mark, type })
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}
