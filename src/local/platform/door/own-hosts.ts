import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { Duplex } from 'node:stream'
import { HttpError } from '@anyfaas/runtime'
import { refuseUpgrade } from '../instances/refusal.ts'

/**
 * By which names of this machine a service may be asked. A page of another site can have its own name lead here, and would then read every
 * answer as if it came from there; it cannot choose an address, nor a name that never leaves the machine.
 */
export class OwnHosts {
  readonly #own: readonly string[]
  #names: ReadonlySet<string>
  /** The last `Host` that was one of them, as most clients send the same one. */
  #last: string | undefined

  /** `listening` is the address that others reach it by, where they do: the machine's name is one of its own then. */
  constructor(listening: string | undefined) {
    this.#own = listening === undefined ? [] : [listening, hostname(), `${hostname()}.local`]
    this.#names = lower(this.#own)
  }

  /** Names besides its own, in the place of those before. */
  declare(names: readonly string[]): void {
    this.#names = lower([...this.#own, ...names])
    this.#last = undefined
  }

  /** Whether a `Host` header, with or without a port, is one of them. A client without any is no browser. */
  has(host: string | undefined): boolean {
    if (host === undefined || host === this.#last) return true
    const name = nameIn(host)
    const isOwn = isIP(name) !== 0 || NOWHERE_ELSE.has(name) || name.endsWith('.localhost') || this.#names.has(name)
    if (isOwn) this.#last = host
    return isOwn
  }

  /** Requests to the server by any other name get no further than here. */
  guard(server: Server): void {
    const onRequest = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[]
    const onUpgrade = server.listeners('upgrade') as ((
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
    ) => void)[]
    server.removeAllListeners('request').on('request', (request, response) => {
      if (this.has(hostIn(request.rawHeaders))) for (const answer of onRequest) answer.call(server, request, response)
      else refuse(request, response)
    })
    server.removeAllListeners('upgrade').on('upgrade', (request, socket, head) => {
      if (this.has(hostIn(request.rawHeaders))) {
        for (const answer of onUpgrade) answer.call(server, request, socket, head)
      } else {
        socket.once('error', () => socket.destroy())
        refuseUpgrade(socket, misdirected(request))
      }
    })
  }
}

// By the last two, containers ask the machine that they run on. `.internal` is in nobody's hands: no site of the public DNS can have such a name.
const NOWHERE_ELSE: ReadonlySet<string> = new Set(['localhost', 'host.docker.internal', 'host.containers.internal'])

/** The `Host` among headers that are names and values in turn. */
export function hostIn(raw: readonly string[]): string | undefined {
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string
    if (name.length === 4 && name.toLowerCase() === 'host') return raw[at + 1]
  }
  return undefined
}

function lower(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => String(name).toLowerCase()))
}

function nameIn(host: string): string {
  const [, bracketed, plain = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? []
  return (bracketed ?? plain).toLowerCase().replace(/\.$/, '')
}

// https://www.rfc-editor.org/rfc/rfc9110#section-15.5.20
function misdirected({ rawHeaders }: IncomingMessage): HttpError {
  const host = JSON.stringify(hostIn(rawHeaders))
  const how = 'name it as "domain", or in "overrides: {local: {hosts: […]}}" of a function'
  return new HttpError(421, `${host} is no name of this service; when it shall be one, ${how}`)
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  const { status, message } = misdirected(request)
  const text = `${message}\n`
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  })
  response.end(text)
}
