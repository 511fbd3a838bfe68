import { type Agent, type ClientRequest, type IncomingMessage, request as send } from 'node:http'
import type { LocalTriggerEvent } from '../../runtime/protocol.ts'
import { cloudEvent, EVENT_PATH, EVENT_TYPE, eventResult } from '../../server.ts'
import { collect, type Exchange, isOfConnection, LARGEST_BODY_BYTES, wireOf } from './exchange.ts'
import { CallFailure } from './failure.ts'

export interface Upstream {
  readonly port: number
  readonly agent: Agent
  readonly signal: AbortSignal
}

/** Passes a request to a server and its answer back, as streams. Rejects with the connection's error. */
export function forward(exchange: Exchange, upstream: Upstream): Promise<void> {
  const { request, response } = wireOf(exchange)
  const { requestId, url } = exchange
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  const headers = [...passedOn(request.rawHeaders), 'x-request-id', requestId]
  const isRepeatable = !hasBody && IDEMPOTENT.has(request.method)
  return new Promise((resolve, reject) => {
    const begin = (): void => {
      const outgoing = send({ ...upstream, host: '127.0.0.1', method: request.method, path: url, headers })
      outgoing.once('response', (incoming) => {
        response.writeHead(incoming.statusCode ?? 502, [...passedOn(incoming.rawHeaders), 'x-request-id', requestId])
        response.flushHeaders()
        incoming.once('error', reject)
        incoming.pipe(response)
      })
      // A kept connection can be closed by the server in the moment in which it is used again. What it has done by then nobody knows.
      outgoing.once('error', (error: NodeJS.ErrnoException) =>
        outgoing.reusedSocket && error.code === 'ECONNRESET' && isRepeatable ? begin() : reject(error),
      )
      response.once('close', () => {
        if (!response.writableFinished) outgoing.destroy()
        resolve()
      })
      sendBody(request, outgoing, hasBody)
    }
    begin()
  })
}

// https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2
const IDEMPOTENT: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/** Whose event it is. */
export interface EventSource {
  readonly service: string
  readonly spec: { readonly name: string }
  readonly requestId: string
}

/** Posts an event and resolves with what the server makes of it. A status from 300 on is a failure. */
export function postEvent(event: LocalTriggerEvent, source: EventSource, upstream: Upstream): Promise<unknown> {
  const body = JSON.stringify(cloudEvent({ ...event, service: source.service, function: source.spec.name }))
  const headers = {
    'content-type': EVENT_TYPE,
    'content-length': Buffer.byteLength(body),
    'x-request-id': source.requestId,
  }
  return new Promise((resolve, reject) => {
    const outgoing = send({ ...upstream, host: '127.0.0.1', method: 'POST', path: EVENT_PATH, headers })
    outgoing.once('error', reject)
    outgoing.once('response', (incoming) => resolve(readResult(incoming)))
    outgoing.end(body)
  })
}

async function readResult(incoming: IncomingMessage): Promise<unknown> {
  const body = await collect(incoming, LARGEST_BODY_BYTES).catch((failure: Error) => {
    incoming.destroy()
    if (!(failure instanceof CallFailure)) throw failure
    throw new CallFailure('reply', `the function answered the event with more than ${LARGEST_BODY_BYTES >> 20} MB`)
  })
  const status = incoming.statusCode ?? 500
  if (status >= 300) {
    throw new CallFailure('user', `the function answered the event with the status ${status}`, {
      notes: [body.toString().slice(0, 2000)],
    })
  }
  return eventResult(body, incoming.headers['content-type'])
}

function sendBody(request: IncomingMessage, outgoing: ClientRequest, hasBody: boolean): void {
  if (hasBody) request.pipe(outgoing)
  else outgoing.end()
}

/** The headers of a message without those of its connection. */
export function passedOn(raw: readonly string[]): string[] {
  const kept: string[] = []
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string
    if (!isOfConnection(name) && name.toLowerCase() !== 'x-request-id') kept.push(name, raw[index + 1] as string)
  }
  return kept
}
