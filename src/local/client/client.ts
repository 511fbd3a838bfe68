import { createReadStream } from 'node:fs'
import { type IncomingMessage, request as send } from 'node:http'
import { connect } from 'node:net'
import type { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { type Code, error, SlsError } from '@anyfaas/kit'
import type { Greeting, Refusal } from '../api.ts'
import type { PlatformRecord } from './record.ts'

export interface Ask {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** After `/v1`. */
  readonly path: readonly string[]
  readonly query?: string
  readonly body?: object | Readable
  readonly signal?: AbortSignal
}

/** Nobody answers there, or somebody who is about to end. Asking again after a new look for the platform may help. */
export class PlatformGone extends SlsError {
  /** It is still there, and finishes what runs. */
  readonly isEnding: boolean

  constructor(isEnding = false) {
    super(error('SLS7001', 'the local platform went away'))
    this.isEnding = isEnding
  }
}

const GREETING_MS = 3000

/** Speaks to a running platform. */
export class PlatformClient {
  readonly #record: PlatformRecord

  constructor(record: PlatformRecord) {
    this.#record = record
  }

  /** Whether the platform of this record answers there: whole, about to end, or not at all. */
  async look(): Promise<'runs' | 'ends' | 'gone'> {
    try {
      const greeting = (await this.ask({ path: [], signal: AbortSignal.timeout(GREETING_MS) })) as Greeting | undefined
      return greeting?.platform === 'anyfaas' && greeting.pid === this.#record.pid ? 'runs' : 'gone'
    } catch (failure) {
      // A record outlives its platform: its port can be anybody's by now.
      return failure instanceof PlatformGone && failure.isEnding ? 'ends' : 'gone'
    }
  }

  /** The answer; undefined when there is no such thing. Throws what the platform refuses with, and `PlatformGone`. */
  async ask(ask: Ask): Promise<unknown> {
    const response = await this.#send(ask)
    const value: unknown = await json(response).catch(() => {
      throw new PlatformGone()
    })
    const status = response.statusCode ?? 500
    if (status < 300) return value
    if (status === 404) return undefined
    if (status === 503) throw new PlatformGone(true)
    throw new SlsError(diagnosticOf(value as Refusal))
  }

  /** The parsed lines of an answer as they come. */
  async *lines(ask: Ask): AsyncGenerator<unknown> {
    const response = await this.#send(ask)
    if (response.statusCode !== 200) {
      response.resume()
      return
    }
    let rest = ''
    try {
      for await (const text of response.setEncoding('utf8') as AsyncIterable<string>) {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) yield JSON.parse(line)
      }
    } catch {
      throw new PlatformGone()
    }
  }

  /** Sends an artifact unless it is there. */
  async upload(digest: string, path: string, signal: AbortSignal): Promise<void> {
    if (await this.ask({ path: ['code', digest], signal })) return
    await this.ask({ method: 'PUT', path: ['code', digest], body: createReadStream(path), signal })
  }

  /** Resolves when nobody listens at the platform's port any more. */
  async gone(): Promise<void> {
    while (await this.#outlive()) {
      // The connection was closed, and the port is not: for so long the platform waits for a request.
    }
  }

  // Holds a connection until it is closed. False when there was none to be had.
  #outlive(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.#record.port, '127.0.0.1')
      let isConnected = false
      socket.once('connect', () => {
        isConnected = true
      })
      // Whatever ends it, it is over.
      socket.once('error', () => undefined)
      socket.once('close', () => resolve(isConnected))
    })
  }

  #send({ method = 'GET', path, query = '', body, signal }: Ask): Promise<IncomingMessage> {
    const { port, token } = this.#record
    const isStream = body !== undefined && 'pipe' in body
    const text = body === undefined || isStream ? undefined : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const request = send({
        host: '127.0.0.1',
        port,
        method,
        path: `/${['v1', ...path.map(encodeURIComponent)].join('/')}${query}`,
        headers: { authorization: `Bearer ${token}`, ...(text && { 'content-length': Buffer.byteLength(text) }) },
        agent: false,
        ...(signal && { signal }),
      })
      request.once('response', resolve)
      request.once('error', (cause: NodeJS.ErrnoException) => reject(signal?.aborted ? cause : new PlatformGone()))
      if (isStream) {
        body.once('error', (cause) => request.destroy(cause))
        body.pipe(request)
      } else request.end(text)
    })
  }
}

function diagnosticOf({ code, message, notes = [], help }: Refusal): ReturnType<typeof error> {
  return error(code as Code, message, { notes: notes.map((note) => ({ message: note })), ...(help && { help }) })
}
