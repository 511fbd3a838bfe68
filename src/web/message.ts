import { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { HttpContext } from '@anyfaas/runtime'
import type { Wire } from './wire.ts'

/** The request as Node's own server would hand it over, with its whole body waiting to be read. */
export function requestOf(ctx: HttpContext, wire: Wire): IncomingMessage {
  const request = new IncomingMessage(wire as unknown as Socket)
  const body = ctx.request.rawBody
  request.method = ctx.method
  request.url = ctx.url
  request.httpVersion = '1.1'
  request.httpVersionMajor = 1
  request.httpVersionMinor = 1
  const lines = headerLines(ctx.headers, body.length)
  // As the parser does it: `headers`, `headersDistinct` and `rawHeaders` all come from these.
  ;(request as unknown as Parsed)._addHeaderLines(lines, lines.length)
  if (body.length > 0) request.push(body)
  request.push(null)
  // Not at once: a parser has not read the body yet either when the listener begins.
  process.nextTick(() => {
    request.complete = true
  })
  return request
}

/**
 * Node's own response, which writes the body alone into the wire: no head, no framing. Its head is in `headOf` once
 * `headersSent` is true. Frameworks put another prototype under it, so what is changed is changed on the object itself.
 */
export function responseTo(request: IncomingMessage, wire: Wire): ServerResponse {
  const response = new ServerResponse(request)
  response.sendDate = false
  Object.defineProperties(response, {
    _headerSent: { get: () => true, set: ignore },
    // True until the head is made, because Node refuses trailers without it; afterwards it would frame the body.
    chunkedEncoding: { get: () => (response as unknown as Written)._header === null, set: ignore },
    // Node would never take it back for a wire that is not its own connection.
    writableNeedDrain: { get: () => wire.writableNeedDrain && !response.writableEnded },
  })
  wire.on('drain', () => response.emit('drain'))
  response.assignSocket(wire as unknown as Socket)
  return response
}

export interface Head {
  readonly status: number
  /** In the order in which they would be sent. */
  readonly headers: readonly (readonly [string, string])[]
}

/** The status and the headers as they would have been sent, whichever way they were set. */
export function headOf(response: ServerResponse): Head {
  const lines = ((response as unknown as Written)._header ?? '').split('\r\n').slice(1)
  const headers = lines.flatMap((line) => {
    const colon = line.indexOf(':')
    return colon > 0 ? [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const] : []
  })
  return { status: response.statusCode, headers: headers.filter(([name]) => !OF_CONNECTION.has(name)) }
}

interface Parsed {
  _addHeaderLines(lines: readonly string[], count: number): void
}

interface Written {
  readonly _header: string | null
}

const OF_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'trailer'])

const OF_FRAMING = new Set([...OF_CONNECTION, 'content-length', 'expect'])

// The body is here in one piece, whatever way it came; body parsers look for its length.
function headerLines(headers: Readonly<Record<string, string>>, bytes: number): string[] {
  const kept = Object.entries(headers).filter(([name]) => !OF_FRAMING.has(name))
  const length = bytes > 0 || headers['content-length'] !== undefined ? ['content-length', String(bytes)] : []
  // Without it a request of HTTP 1.1 is none, and some frameworks say so.
  const host = headers['host'] === undefined ? ['host', 'localhost'] : []
  return [...host, ...kept.flat(), ...length]
}

function ignore(): void {
  // Node sets it itself.
}
