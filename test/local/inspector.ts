import { once } from 'node:events'
import { get } from 'node:http'
import type { Socket } from 'node:net'

/** As much of a debugger as the tests need: the inspector's protocol over a WebSocket of its own making. */
export class Inspector {
  /** Id -> URL of every script so far. */
  readonly scripts = new Map<string, string>()
  readonly #socket: Socket
  readonly #waiting = new Map<number, (message: Message) => void>()
  readonly #events: Message[] = []
  readonly #listeners = new Set<() => void>()
  #next = 1
  #rest = Buffer.alloc(0)

  static async attach(url: string): Promise<Inspector> {
    const request = get(url.replace('ws:', 'http:'), {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      },
    })
    const [, socket] = (await once(request, 'upgrade')) as [unknown, Socket]
    return new Inspector(socket)
  }

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (data) => this.#read(data))
    socket.on('close', () => {
      for (const settle of this.#waiting.values())
        settle({ params: {}, result: {}, error: { message: 'the debugged process has gone' } })
    })
  }

  send(method: string, params: object = {}): Promise<Params> {
    const id = this.#next++
    this.#write(JSON.stringify({ id, method, params }))
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result)))
    })
  }

  /** Lets the program run on. It may end before it has said that it does. */
  resume(): void {
    this.#write(JSON.stringify({ id: this.#next++, method: 'Debugger.resume' }))
  }

  /** The next event of this name, also one that has come already. */
  async event(method: string): Promise<Params> {
    for (;;) {
      const at = this.#events.findIndex((event) => event.method === method)
      const [found] = at < 0 ? [] : this.#events.splice(at, 1)
      if (found) return found.params
      await new Promise<void>((resolve) => this.#listeners.add(resolve))
    }
  }

  close(): void {
    this.#socket.destroy()
  }

  #write(text: string): void {
    const payload = Buffer.from(text)
    const length = Buffer.alloc(8)
    length.writeUInt16BE(payload.length, 0)
    // A client has to mask what it sends; a mask of zeros changes nothing.
    const head =
      payload.length < 126 ? [0x81, 0x80 | payload.length] : [0x81, 0x80 | 126, length[0] ?? 0, length[1] ?? 0]
    this.#socket.write(Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]))
  }

  #read(data: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, data])
    for (;;) {
      const frame = this.#frame()
      if (!frame) return
      const message = JSON.parse(frame.toString()) as Message
      const { scriptId, url } = message.params ?? {}
      if (message.method === 'Debugger.scriptParsed') this.scripts.set(String(scriptId), String(url))
      else if (message.id === undefined) this.#events.push(message)
      else this.#waiting.get(message.id)?.(message)
      for (const wake of this.#listeners) wake()
      this.#listeners.clear()
    }
  }

  #frame(): Buffer | undefined {
    if (this.#rest.length < 2) return undefined
    const short = (this.#rest[1] ?? 0) & 0x7f
    const headBytes = short === 126 ? 4 : short === 127 ? 10 : 2
    if (this.#rest.length < headBytes) return undefined
    const length =
      short === 126 ? this.#rest.readUInt16BE(2) : short === 127 ? Number(this.#rest.readBigUInt64BE(2)) : short
    if (this.#rest.length < headBytes + length) return undefined
    const payload = this.#rest.subarray(headBytes, headBytes + length)
    this.#rest = this.#rest.subarray(headBytes + length)
    return payload
  }
}

export type Params = Readonly<Record<string, unknown>>

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params: Params
  readonly result: Params
  readonly error?: { readonly message: string }
}
