import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { CONNECT_MS, limitConnecting } from '@anyfaas/kit'

type Opened = (error: Error | null, stream: Duplex) => void

/**
 * An agent that keeps connections, and gives up one that is not there within `CONNECT_MS`: the request fails with ETIMEDOUT. The vendor's
 * library limits whole requests only, which may take a minute.
 */
export function agentFor(protocol: string): HttpAgent {
  return protocol === 'http:' ? new PlainAgent({ keepAlive: true }) : new SecureAgent({ keepAlive: true })
}

class PlainAgent extends HttpAgent {
  override createConnection(options: ClientRequestArgs, opened?: Opened): Duplex | null | undefined {
    return limited(super.createConnection(options, opened), 'connect')
  }
}

class SecureAgent extends HttpsAgent {
  override createConnection(options: RequestOptions, opened?: Opened): Duplex | null | undefined {
    return limited(super.createConnection(options, opened), 'secureConnect')
  }
}

function limited(socket: Duplex | null | undefined, ready: 'connect' | 'secureConnect'): Duplex | null | undefined {
  const message = `ETIMEDOUT: no connection within ${CONNECT_MS / 1000} s`
  if (socket) limitConnecting(socket, ready, Object.assign(new Error(message), { code: 'ETIMEDOUT' }))
  return socket
}
