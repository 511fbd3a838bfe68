import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { PlainAnswer } from './plain-answer.ts'
import { type PlainHead, readPlainHead } from './plain-head.ts'

/** Sees to it that a request is answered; false, and nothing has happened, when it is for Node's server. */
export type TakePlain = (head: PlainHead, answer: PlainAnswer, socket: Socket) => boolean

/**
 * Stands before a server and answers plain requests by itself, for most of what a request costs is Node's HTTP. A connection
 * that brings anything else goes to the server with it, and stays there.
 */
export class PlainLane {
  readonly #take: TakePlain
  readonly #connections = new Set<Connection>()
  readonly #idleMs: number
  readonly #pass: (socket: Socket) => void
  #isClosing = false

  constructor(server: Server, take: TakePlain) {
    this.#take = take
    this.#idleMs = server.keepAliveTimeout
    this.#pass = passTo(server)
    server.removeAllListeners('connection').on('connection', (socket: Socket) => {
      this.#connections.add(new Connection(socket, this))
    })
  }

  get idleMs(): number {
    return this.#idleMs
  }

  take(head: PlainHead, answer: PlainAnswer, socket: Socket): boolean {
    return !this.#isClosing && this.#take(head, answer, socket)
  }

  pass(socket: Socket): void {
    this.#pass(socket)
  }

  forget(connection: Connection): void {
    this.#connections.delete(connection)
  }

  /** Keeps no connection that waits; those that are busy are closed after their answer. */
  close(): void {
    this.#isClosing = true
    for (const connection of this.#connections) connection.close()
  }
}

// What the server itself would have done with a connection.
function passTo(server: Server): (socket: Socket) => void {
  const own = server.listeners('connection') as ((socket: Socket) => void)[]
  return (socket) => {
    for (const listener of own) listener.call(server, socket)
  }
}

class Connection {
  readonly #socket: Socket
  readonly #lane: PlainLane
  /** The one that is under way. */
  #answer: PlainAnswer | undefined
  /** What came before the answer was out. */
  #early: Buffer | undefined
  #isFresh = true
  #isClosing = false
  readonly #onData = (bytes: Buffer): void => this.#read(bytes)
  readonly #onEnd = (): void => void this.#socket.end()
  readonly #onError = (): void => void this.#socket.destroy()
  readonly #onTimeout = (): void => this.#rest()
  readonly #onClose = (): void => this.#gone()
  readonly #done = (): void => this.#next()

  constructor(socket: Socket, lane: PlainLane) {
    this.#socket = socket
    this.#lane = lane
    socket.setTimeout(lane.idleMs)
    socket.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onError)
    socket.on('timeout', this.#onTimeout).on('close', this.#onClose)
  }

  close(): void {
    this.#isClosing = true
    if (!this.#answer) this.#socket.destroySoon()
  }

  #read(bytes: Buffer): void {
    if (this.#answer) {
      this.#early = this.#early ? Buffer.concat([this.#early, bytes]) : bytes
      return void this.#socket.pause()
    }
    this.#isFresh = false
    const head = readPlainHead(bytes)
    if (head) {
      const answer = new PlainAnswer(this.#socket, { keepAliveMs: this.#lane.idleMs, done: this.#done })
      this.#answer = answer
      if (this.#lane.take(head, answer, this.#socket)) return
      this.#answer = undefined
    }
    this.#leave(bytes)
  }

  #next(): void {
    const answer = this.#answer
    this.#answer = undefined
    answer?.close()
    if (this.#isClosing) this.#socket.destroySoon()
    const early = this.#early
    if (!early || this.#isClosing) return
    this.#early = undefined
    this.#socket.resume()
    this.#read(early)
  }

  // Somebody who has said nothing yet has the time that Node gives for that.
  #rest(): void {
    if (this.#isFresh) this.#leave()
    else if (!this.#answer) this.#socket.destroySoon()
  }

  #leave(bytes?: Buffer): void {
    const socket = this.#socket
    this.#lane.forget(this)
    socket.off('data', this.#onData).off('end', this.#onEnd).off('error', this.#onError)
    socket.off('timeout', this.#onTimeout).off('close', this.#onClose).setTimeout(0)
    socket.pause()
    if (bytes) socket.unshift(bytes)
    this.#lane.pass(socket)
    socket.resume()
  }

  #gone(): void {
    this.#lane.forget(this)
    this.#early = undefined
    this.#answer?.close()
    this.#answer = undefined
  }
}
