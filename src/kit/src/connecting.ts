import { CONNECT_MS } from './patience.ts'

/** A socket, as far as its beginning is concerned. */
interface Connecting {
  once(event: string, heard: () => void): this
  destroy(failure: Error): unknown
}

/** Gives a socket up that is not `ready` within `CONNECT_MS`; that is `secureConnect` where it is encrypted. */
export function limitConnecting(socket: Connecting, ready: 'connect' | 'secureConnect', failure: Error): void {
  const timer = setTimeout(() => socket.destroy(failure), CONNECT_MS)
  const settle = (): void => clearTimeout(timer)
  socket.once(ready, settle).once('close', settle)
}
