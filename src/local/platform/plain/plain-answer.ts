import { STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http'
import type { Socket } from 'node:net'
import type { Answer } from '../instances/exchange.ts'

/** The answer to a plain request, without what `ServerResponse` keeps for all the others. */
export class PlainAnswer implements Answer {
  statusCode = 200
  readonly #socket: Socket
  readonly #keepAliveSec: number
  readonly #done: () => void
  #closed: (() => void) | undefined
  /** Until it is written, with the first of the body. */
  #head: string | undefined
  #hasHead = false
  #isChunked = false
  #hasBody = true

  /** `done` is told when all of it has left; the connection is kept for so long after that. */
  constructor(socket: Socket, { keepAliveMs, done }: { readonly keepAliveMs: number; readonly done: () => void }) {
    this.#socket = socket
    this.#keepAliveSec = Math.floor(keepAliveMs / 1000)
    this.#done = done
  }

  get headersSent(): boolean {
    return this.#hasHead
  }

  /** Names and values in turn, or by name. Throws, as `ServerResponse` does, for what no header can hold. */
  writeHead(status: number, headers: Parameters<Answer['writeHead']>[1]): void {
    const list = Array.isArray(headers) ? headers : Object.entries(headers).flat()
    let [hasDate, hasLength, text] = [false, false, `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`]
    for (let at = 0; at < list.length; at += 2) {
      const [name, value] = [String(list[at]), String(list[at + 1])]
      validateHeaderName(name)
      validateHeaderValue(name, value)
      if (name.length === 4 && name.toLowerCase() === 'date') hasDate = true
      if (name.length === 14 && name.toLowerCase() === 'content-length') hasLength = true
      text += `${name}: ${value}\r\n`
    }
    if (!hasDate) text += dateLine()
    // Clients that keep connections learn from it when to give one up.
    text += `Connection: keep-alive\r\nKeep-Alive: timeout=${this.#keepAliveSec}\r\n`
    this.statusCode = status
    this.#hasHead = true
    this.#hasBody = status >= 200 && status !== 204 && status !== 304
    this.#isChunked = this.#hasBody && !hasLength
    this.#head = text
  }

  flushHeaders(): void {
    this.#socket.write(this.#takeHead(), 'latin1')
  }

  /** False when the client should take some of it first: `drain` tells when it has. */
  write(bytes: Uint8Array): boolean {
    if (!this.#hasBody || bytes.length === 0) return true
    const socket = this.#socket
    socket.cork()
    socket.write(`${this.#takeHead()}${this.#isChunked ? `${bytes.length.toString(16)}\r\n` : ''}`, 'latin1')
    let hasRoom = socket.write(bytes)
    if (this.#isChunked) hasRoom = socket.write('\r\n', 'latin1')
    socket.uncork()
    return hasRoom
  }

  /** The whole body, or nothing after chunks. A text of another encoding than `latin1` is sent in UTF-8. */
  end(body: Uint8Array | string = '', encoding?: 'latin1'): void {
    const socket = this.#socket
    if (body.length > 0 && this.#hasBody) {
      if (encoding === undefined || this.#isChunked)
        this.write(typeof body === 'string' ? Buffer.from(body, encoding) : body)
      else socket.write(this.#takeHead() + (body as string), 'latin1')
    }
    const rest = this.#takeHead() + (this.#isChunked ? '0\r\n\r\n' : '')
    if (rest !== '') socket.write(rest, 'latin1')
    if (socket.writableLength === 0) this.#done()
    else socket.write('', this.#done)
  }

  on(_: 'close', told: () => void): void {
    this.#closed = told
  }

  once(event: 'drain', told: () => void): void {
    this.#socket.once(event, told)
  }

  /** It is complete, or the client has gone. */
  close(): void {
    this.#closed?.()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #takeHead(): string {
    const head = this.#head
    if (head === undefined) return ''
    this.#head = undefined
    return this.#isChunked ? `${head}transfer-encoding: chunked\r\n\r\n` : `${head}\r\n`
  }
}

let second = 0
let line = ''

function dateLine(): string {
  const now = Math.floor(Date.now() / 1000)
  if (now !== second) {
    second = now
    line = `date: ${new Date(now * 1000).toUTCString()}\r\n`
  }
  return line
}
