import type { Server } from 'node:http'
import { type Diagnostic, error } from '@anyfaas/kit'
import { Tally } from './tally.ts'

/** The ports that services get, one after the other. */
export const FIRST_PORT = 7001
const LAST_PORT = 7999

/** The service's own port first, then those that no other service has, at last any. */
export function* candidatePorts(own: number | undefined, taken: ReadonlySet<number>): Generator<number> {
  if (own !== undefined) yield own
  for (let port = FIRST_PORT; port <= LAST_PORT; port++) if (!taken.has(port) && port !== own) yield port
  yield 0
}

/** Listens on the first of the ports that is free. Undefined when none is. */
export async function listen(server: Server, ports: Iterable<number>, host = '127.0.0.1'): Promise<number | undefined> {
  for (const port of ports) if (await tryListen(server, port, host)) return portOf(server)
  return undefined
}

export function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

/** Counts the requests of a server that are not answered yet. */
export function countRequests(server: Server): Tally {
  const tally = new Tally()
  const leave = (): void => tally.leave()
  server.on('request', (_, response) => {
    tally.enter()
    response.on('close', leave)
  })
  return tally
}

/** Takes no more connections; resolves when the requests that run are answered and every connection is closed. */
export async function closeServer(server: Server, running: Tally): Promise<void> {
  if (!server.listening) return
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  await running.idle()
  server.closeAllConnections()
  await closed
}

function tryListen(server: Server, port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      server.off('listening', done)
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false)
      else reject(error)
    }
    const done = (): void => {
      server.off('error', fail)
      resolve(true)
    }
    server.once('error', fail).once('listening', done).listen({ port, host })
  })
}

/** SLS7005: a port that was wanted is taken. */
export function noPort(port: number | undefined): Diagnostic {
  return error('SLS7005', `port ${port} is taken`, { help: ['name another one with --port, or none'] })
}
