import type { Socket } from 'node:net'
import { type Message, type Room, readMessage, writeMessage } from './message-bytes.ts'

/** Both ends' page of outgoing bytes: some hundred messages. */
const PAGE_BYTES = 64 << 10
/** No message is as large; bytes that claim it are no message's. */
const MOST_BYTES = 512 << 20

/**
 * A socket that carries messages. Those of one turn of the event loop are sent as one: under load a channel's cost is for
 * each write. Alone, a message waits for no other.
 */
export class Channel<In extends Message, Out extends Message> {
  readonly #socket: Socket
  readonly #pages = new Pages()
  #isWaiting = false

  /** `take` gets every message; `fail` is told, once, when what arrives is none, and nothing arrives after that. */
  constructor(socket: Socket, take: (message: In) => void, fail: (error: Error) => void) {
    this.#socket = socket
    const frames = new Frames((bytes, start, end) => take(readMessage(bytes, start, end) as In))
    socket.on('data', (bytes: Buffer) => {
      try {
        frames.add(bytes)
      } catch (error) {
        socket.destroy()
        fail(error as Error)
      }
    })
    // The other side has gone; whoever owns the process is told of that.
    socket.on('error', () => socket.destroy())
  }

  send(message: Out): void {
    writeMessage(message, this.#pages)
    if (this.#isWaiting) return
    this.#isWaiting = true
    setImmediate(() => this.#flush())
  }

  close(): void {
    this.#socket.destroy()
  }

  #flush(): void {
    this.#isWaiting = false
    const socket = this.#socket
    for (const bytes of this.#pages.cut()) if (!socket.destroyed) socket.write(bytes)
    if (socket.writableLength === 0) this.#pages.reuse()
  }
}

/** Bytes that wait to be sent. */
class Pages implements Room {
  page = Buffer.allocUnsafeSlow(PAGE_BYTES)
  readonly #full: Buffer[] = []
  #from = 0
  #used = 0

  take(bytes: number): number {
    if (this.#used + bytes > this.page.length) {
      this.#full.push(this.page.subarray(this.#from, this.#used))
      this.page = Buffer.allocUnsafeSlow(Math.max(PAGE_BYTES, bytes))
      this.#from = this.#used = 0
    }
    const at = this.#used
    this.#used += bytes
    return at
  }

  cut(): Buffer[] {
    const cut = [...this.#full.splice(0), this.page.subarray(this.#from, this.#used)]
    this.#from = this.#used
    return cut
  }

  /** Nobody needs what was cut any more. */
  reuse(): void {
    if (this.page.length > PAGE_BYTES) this.page = Buffer.allocUnsafeSlow(PAGE_BYTES)
    this.#from = this.#used = 0
  }
}

/** Puts together what arrives in pieces. */
class Frames {
  readonly #take: (bytes: Buffer, start: number, end: number) => void
  /** Less than a length. */
  #rest: Buffer | undefined
  #frame: Buffer | undefined
  #filled = 0

  constructor(take: (bytes: Buffer, start: number, end: number) => void) {
    this.#take = take
  }

  add(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    this.#rest = undefined
    let at = this.#frame ? this.#fill(this.#frame, bytes, 0) : 0
    while (at < bytes.length) {
      if (bytes.length - at < 4) {
        this.#rest = bytes.subarray(at)
        return
      }
      const length = bytes.readUInt32LE(at)
      if (length > MOST_BYTES) throw new Error(`a message of ${length} bytes`)
      const start = at + 4
      const end = start + length
      at = end <= bytes.length ? end : this.#begin(length, bytes, start)
      if (at === end) this.#take(bytes, start, end)
    }
  }

  #begin(length: number, bytes: Buffer, start: number): number {
    this.#frame = Buffer.allocUnsafeSlow(length)
    this.#filled = 0
    return this.#fill(this.#frame, bytes, start)
  }

  // How far the bytes have been read.
  #fill(frame: Buffer, bytes: Buffer, at: number): number {
    const copied = bytes.copy(frame, this.#filled, at)
    this.#filled += copied
    if (this.#filled === frame.length) {
      this.#frame = undefined
      this.#take(frame, 0, frame.length)
    }
    return at + copied
  }
}
