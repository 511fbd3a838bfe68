import { request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Answer, Emulator, HttpCall, ServerProtocol } from '../../src/kit/src/index.ts'
import { fromManifest, type ServerHandlers, serve } from '../../src/runtime/server/index.ts'
import type { Start } from '../../src/runtime/src/index.ts'

/** A server of its own, with the functions of a manifest behind it. */
export const startServer: Start = (manifest, loaders) => {
  const handlers = fromManifest(manifest, loaders)
  return { handler: () => handlers }
}

/** Calls such a server as a platform does: by a request over a socket, with its headers. */
export function serverWith(protocol: ServerProtocol): Emulator {
  return {
    server: protocol,
    kinds: ['http'],
    event: (call) => call,
    call: async (entry, call, info) => {
      if (call.kind !== 'http') throw new Error('only requests come this way')
      const server = await serve(entry.handler() as unknown as ServerHandlers, { port: 0 })
      try {
        return await ask((server.address() as AddressInfo).port, call, [...protocol.headers(call, info)])
      } finally {
        process.removeListener('SIGTERM', process.listeners('SIGTERM').at(-1) as NodeJS.SignalsListener)
        server.closeAllConnections()
        await new Promise((done) => server.close(done))
      }
    },
  }
}

type Pairs = readonly (readonly [string, string])[]

function ask(port: number, { method, url, headers, body }: HttpCall, own: Pairs): Promise<Answer> {
  const given: string[] = [...headers, ...own].flat()
  const has = (name: string) => headers.some(([key]) => key.toLowerCase() === name)
  if (!has('host')) given.push('host', 'shop.example.com')
  if (body && !has('content-length')) given.push('content-length', String(body.length))
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path: url, headers: given, agent: false, setHost: false }
    const outgoing = send(options, async (incoming) => {
      const { rawHeaders, statusCode: status = 0 } = incoming
      const pairs = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : []))
      const bytes = await buffer(incoming).catch(() => Buffer.alloc(0))
      resolve({ kind: 'http', status, headers: pairs, body: bytes })
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}
