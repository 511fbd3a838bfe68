import { Duplex } from 'node:stream'

export interface Peer {
  readonly ip: string
  readonly isSecure: boolean
}

/** Takes a part of the answer's body and says when it wants the next one. */
export type Take = (chunk: Buffer, done: (error?: Error | null) => void) => void

/**
 * Stands where a connection would: applications ask it who calls, and Node's own response writes the body into it. What
 * the client sends does not come through here.
 */
export class Wire extends Duplex {
  readonly remoteAddress: string
  readonly remoteFamily: string
  readonly remotePort = 0
  readonly localAddress = '127.0.0.1'
  readonly localPort = 0
  /** What makes `req.secure` and secure cookies work: the platform has ended the encryption before it called. */
  readonly encrypted: boolean
  readonly connecting = false
  readonly bytesRead = 0
  bytesWritten = 0
  timeout = 0
  readonly #take: Take

  constructor({ ip, isSecure }: Peer, take: Take) {
    super()
    this.remoteAddress = ip
    this.remoteFamily = ip.includes(':') ? 'IPv6' : 'IPv4'
    this.encrypted = isSecure
    this.#take = take
  }

  override _read(): void {
    // Nothing ever arrives.
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.bytesWritten += chunk.length
    this.#take(chunk, done)
  }

  address(): { readonly address: string; readonly family: string; readonly port: number } {
    return { address: this.localAddress, family: 'IPv4', port: this.localPort }
  }

  // The platform has the time limits.
  setTimeout(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  getPeerCertificate(): object {
    return {}
  }

  destroySoon(): void {
    this.destroy()
  }
}
