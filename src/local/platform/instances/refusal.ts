import { STATUS_CODES } from 'node:http'
import { HttpError } from '@anyfaas/runtime'
import type { Exchange, Upgrade } from './exchange.ts'
import { asFailure } from './failure.ts'
import { writeFailure } from './reply.ts'

/** Answers who asked for another protocol with why not. */
export function refuseUpgrade(socket: Upgrade['socket'], thrown: unknown): void {
  const { status, message } = thrown instanceof HttpError ? thrown : asFailure(thrown)
  const text = `${message}\n`
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, 'content-type: text/plain; charset=utf-8']
  socket.end([...head, `content-length: ${Buffer.byteLength(text)}`, 'connection: close', '', text].join('\r\n'))
}

/** Answers a request that no function has answered with why not. */
export function refuse(exchange: Exchange, thrown: unknown): void {
  if (thrown instanceof HttpError) writeRefusal(exchange, thrown)
  else if (thrown instanceof URIError) writeRefusal(exchange, new HttpError(400, 'the path holds a broken escape'))
  else writeFailure(exchange, thrown)
}

function writeRefusal({ response, requestId }: Exchange, { status, message, headers }: HttpError): void {
  const text = `${message}\n`
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'x-request-id': requestId,
    ...headers,
  })
  response.end(text)
}
