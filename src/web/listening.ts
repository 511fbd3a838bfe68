import { Server as HttpServer } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import { Server as NetServer } from 'node:net'

export type WebServer = HttpServer | HttpsServer

/** The servers of this process that were told to listen. */
export interface Listening {
  /** The first one; it is the application's. */
  readonly server: WebServer | undefined
  /** Resolves with the first one, maybe at once. */
  readonly first: Promise<WebServer>
  /** Puts Node's own `listen` back. */
  end(): void
}

/**
 * From now on a web server that listens opens no port: it is told that it does, and is found here. Applications that
 * start their own server run unchanged by that.
 */
export function interceptListen(): Listening {
  const listen = NetServer.prototype.listen
  let server: WebServer | undefined
  let tell: (server: WebServer) => void
  const first = new Promise<WebServer>((resolve) => {
    tell = resolve
  })
  NetServer.prototype.listen = function (this: NetServer, ...args: unknown[]) {
    if (!(this instanceof HttpServer || this instanceof HttpsServer)) return listen.apply(this, args as never)
    pretend(this, args)
    server ??= this
    tell(this)
    return this
  } as typeof listen
  return {
    get server() {
      return server
    },
    first,
    end: () => {
      NetServer.prototype.listen = listen
    },
  }
}

function pretend(server: WebServer, args: readonly unknown[]): void {
  let isOpen = true
  const done = args.at(-1)
  const address = addressIn(args)
  if (typeof done === 'function') server.once('listening', done as () => void)
  Object.defineProperties(server, {
    listening: { configurable: true, get: () => isOpen },
    address: { configurable: true, writable: true, value: () => (isOpen ? address : null) },
    close: {
      configurable: true,
      writable: true,
      value: (closed?: (error?: Error) => void) => {
        if (closed) server.once('close', closed)
        isOpen = false
        process.nextTick(() => server.emit('close'))
        return server
      },
    },
  })
  process.nextTick(() => server.emit('listening'))
}

// As `listen(port, host)`, `listen({ port, host })` and `listen(path)` have it.
function addressIn([first, second]: readonly unknown[]): string | object {
  const options = typeof first === 'object' && first !== null ? (first as { port?: unknown; host?: unknown }) : {}
  const port = Number(options.port ?? first ?? 0)
  if (typeof first === 'string' && Number.isNaN(port)) return first
  const host = options.host ?? (typeof second === 'string' ? second : '127.0.0.1')
  return { address: String(host), family: 'IPv4', port: Number.isNaN(port) ? 0 : port }
}
