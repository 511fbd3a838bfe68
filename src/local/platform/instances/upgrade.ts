import { type IncomingMessage, request as send } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Upgrade } from './exchange.ts'
import { CallFailure } from './failure.ts'
import { passedOn } from './proxy.ts'

/**
 * Asks a server for the protocol that the client wants, and then passes bytes both ways until either closes or the signal
 * aborts. A server that declines has its answer passed back. Rejects with `reply` when the connection breaks before.
 */
export function forwardUpgrade(
  { request, socket, head, url, requestId }: Upgrade,
  { port, signal }: { readonly port: number; readonly signal: AbortSignal },
): Promise<void> {
  const { upgrade = '' } = request.headers
  const headers = [
    ...passedOn(request.rawHeaders),
    'connection',
    'Upgrade',
    'upgrade',
    upgrade,
    'x-request-id',
    requestId,
  ]
  return new Promise((resolve, reject) => {
    const outgoing = send({ host: '127.0.0.1', port, method: request.method, path: url, headers, signal, agent: false })
    outgoing.once('error', (error) => reject(new CallFailure('reply', `the connection broke: ${error.message}`)))
    outgoing.once('response', (incoming) => {
      socket.write(headOf(incoming, [...passedOn(incoming.rawHeaders), 'connection', 'close']))
      incoming.pipe(socket)
      socket.once('close', () => resolve())
    })
    outgoing.once('upgrade', (incoming, upstream: Duplex, first) => {
      socket.write(headOf(incoming, incoming.rawHeaders))
      if (first.length > 0) socket.write(first)
      if (head.length > 0) upstream.write(head)
      join(socket, upstream, signal).then(resolve)
    })
    socket.once('close', () => outgoing.destroy())
    outgoing.end()
  })
}

// Either side's end, or its error, is the end of both.
function join(client: Duplex, upstream: Duplex, signal: AbortSignal): Promise<void> {
  client.pipe(upstream)
  upstream.pipe(client)
  return new Promise((resolve) => {
    const end = (): void => {
      client.destroy()
      upstream.destroy()
      resolve()
    }
    for (const side of [client, upstream]) side.once('close', end).once('error', end)
    // Such connections stay half open by themselves, and none of these protocols has a use for that.
    client.once('end', () => upstream.end(end))
    upstream.once('end', () => client.end(end))
    signal.addEventListener('abort', end, { once: true })
  })
}

function headOf({ statusCode, statusMessage }: IncomingMessage, headers: readonly string[]): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`]
  for (let index = 0; index < headers.length; index += 2) lines.push(`${headers[index]}: ${headers[index + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}
