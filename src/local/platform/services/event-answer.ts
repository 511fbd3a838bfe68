import { refuseOtherSites } from '../door/other-sites.ts'
import { type Exchange, readBody, wireOf } from '../instances/exchange.ts'
import { CallFailure } from '../instances/failure.ts'
import type { FunctionHost } from '../instances/function-host.ts'

/** A function without routes takes the body as an event: JSON, else text. `host` is asked once the body is there. */
export async function answerEvent(exchange: Exchange, host: () => FunctionHost): Promise<void> {
  const { request, response } = wireOf(exchange)
  refuseOtherSites(request.headers)
  const { requestId } = exchange
  const body = await readBody(request)
  const data = body && eventData(body, request.headers['content-type'])
  const { traceparent } = request.headers
  const value = await host().event({ kind: 'event', data, ...(typeof traceparent === 'string' && { traceparent }) })
  const type = typeof value === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  response.writeHead(text === undefined ? 204 : 200, {
    ...(text !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
    'x-request-id': requestId,
  })
  response.end(text)
}

function eventData(body: Buffer, type: string | undefined): unknown {
  const text = body.toString()
  try {
    return JSON.parse(text)
  } catch {
    if (/\bjson\b/i.test(type ?? '')) throw new CallFailure('user', 'the body is not JSON, though its type says so')
    return text
  }
}
