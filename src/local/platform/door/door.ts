import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { error, SlsError } from '@anyfaas/kit'
import type { Upgrade } from '../instances/exchange.ts'
import { closeServer, countRequests, listen } from '../instances/ports.ts'
import type { DoorPlace } from './door-place.ts'
import type { TokenFile } from './token-file.ts'

/** What is behind the door, once the token was shown. */
export interface Inside {
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void
  readonly upgrade: (asked: Pick<Upgrade, 'request' | 'socket' | 'head'>) => void
}

/** The ports of doors, where none is asked for. */
const FIRST_PORT = 8001
const LAST_PORT = 8999

/**
 * A second address of a service, for others than this machine: who brings the token as `Authorization: Bearer` or as the
 * password of basic authentication comes in, and nobody else gets an answer but 401. The header goes no further. Who has an
 * authorization for the function brings the token as `Proxy-Authorization`, and the other header is passed on.
 */
export class Door {
  readonly #token: TokenFile
  readonly #server = createServer((request, response) => {
    if (this.#admit(request)) this.#inside.answer(request, response)
    else refuse(request, response)
  })
  readonly #running = countRequests(this.#server)
  readonly #inside: Inside
  /** Connections that speak another protocol, and do not end by themselves. */
  readonly #upgraded = new Set<Duplex>()
  #place: Required<DoorPlace> | undefined

  constructor(token: TokenFile, inside: Inside) {
    this.#token = token
    this.#inside = inside
    this.#server.on('upgrade', (request, socket, head) => {
      socket.once('error', () => socket.destroy())
      if (this.#admit(request)) {
        this.#upgraded.add(socket)
        socket.once('close', () => this.#upgraded.delete(socket))
        this.#inside.upgrade({ request, socket, head })
      } else socket.end(`HTTP/1.1 401 ${STATUS_CODES[401]}\r\n${HEAD.join('\r\n')}\r\nconnection: close\r\n\r\n${TEXT}`)
    })
  }

  /** Where it is open. */
  get place(): Required<DoorPlace> | undefined {
    return this.#place
  }

  /** Listens there; without a port, on the first that is free. Throws SLS7005 and SLS7007. */
  async open({ host, port }: DoorPlace): Promise<void> {
    const ports = port === undefined ? candidates() : [port]
    const opened = await listen(this.#server, ports, host).catch((failure: NodeJS.ErrnoException) => {
      throw cannotListen(host, failure)
    })
    if (opened === undefined) throw noDoor(host, port)
    this.#place = { host, port: opened }
  }

  /** Takes no more requests and ends other protocols; resolves when the requests that run are answered. */
  async close(): Promise<void> {
    this.#place = undefined
    for (const socket of this.#upgraded) socket.destroy()
    await closeServer(this.#server, this.#running)
  }

  #admit(request: IncomingMessage): boolean {
    const shown = HEADERS.find((name) => this.#token.matches(tokenIn(request.headers[name])))
    if (shown === undefined) return false
    delete request.headers[shown]
    request.rawHeaders = request.rawHeaders.filter((_, at, all) => all[at - (at % 2)]?.toLowerCase() !== shown)
    return true
  }
}

const HEADERS = ['authorization', 'proxy-authorization'] as const
const TEXT = 'the token is missing or wrong\n'
const HEAD = [
  'www-authenticate: Bearer realm="anyfaas"',
  'www-authenticate: Basic realm="anyfaas", charset="UTF-8"',
  'content-type: text/plain; charset=utf-8',
  'cache-control: no-store',
  `content-length: ${TEXT.length}`,
]

function* candidates(): Generator<number> {
  for (let port = FIRST_PORT; port <= LAST_PORT; port++) yield port
  yield 0
}

function tokenIn(header: string | undefined): string {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+) *$/.exec(header ?? '') ?? []
  if (scheme.toLowerCase() === 'bearer') return value
  if (scheme.toLowerCase() !== 'basic') return ''
  const pair = Buffer.from(value, 'base64').toString()
  return pair.slice(pair.indexOf(':') + 1)
}

function refuse({ headers }: IncomingMessage, response: ServerResponse): void {
  const lines = HEAD.map((line) => line.split(/: (.*)/s, 2))
  // Nobody reads the body of a stranger.
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  response.writeHead(401, [...lines.flat(), ...(hasBody ? ['connection', 'close'] : [])])
  response.end(TEXT)
}

function noDoor(host: string, port: number | undefined): SlsError {
  if (port === undefined) return new SlsError(error('SLS7007', `no port of ${host} may be opened`))
  const message = `port ${port} of ${host} is taken, or is not this user's to open`
  return new SlsError(error('SLS7005', message, { help: [`another one: --host ${host}:PORT, or --host ${host}`] }))
}

function cannotListen(host: string, { code, message }: NodeJS.ErrnoException): SlsError {
  const isElsewhere = code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN'
  const why = isElsewhere ? `"${host}" is no address of this machine` : `cannot listen on "${host}": ${message}`
  return new SlsError(error('SLS7007', why, { help: ['--host 0.0.0.0 opens all of its addresses'] }))
}
