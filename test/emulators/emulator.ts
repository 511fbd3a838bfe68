import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as it arrived. */
export interface WireRequest {
  /** The platform's name of the call; pacing and faults go by it. */
  readonly action: string
  readonly method: string
  /** Decoded, without the query. */
  readonly path: string
  /** As it stood in the request line. */
  readonly url: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** When it arrived by the platform's clock, in milliseconds since 1970. */
  readonly atMs: number
}

export interface WireReply {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** What goes wrong with a request: before the platform did anything, after it did it, or that somebody else answers with a page: as if all were well, or since it does not get through. */
export type Fault = 'throttle' | 'unavailable' | 'cut before' | 'cut after' | 'page' | 'gateway'

export interface EmulatorOptions {
  readonly latencyMs?: number
  /** Calls a second that are taken of each action that changes something, and as many at once. */
  readonly rate?: number | ((action: string) => number)
  /** How long new and changed things are busy. */
  readonly settleMs?: number
  /** Decides what goes wrong; the number counts all requests from 0. */
  readonly fault?: (request: WireRequest, index: number) => Fault | undefined
  /** Called around each effect: where a deploy can be killed. */
  readonly boundary?: (request: WireRequest, index: number, side: 'before' | 'after') => void | Promise<void>
}

/** A platform on the loopback interface: it speaks the wire protocol, keeps state, and fails on demand. */
export abstract class Emulator {
  options: EmulatorOptions
  readonly requests: WireRequest[] = []
  readonly #buckets = new Map<string, { tokens: number; at: number }>()
  #server: Server | undefined
  throttled = 0
  /** How far the platform's clock is behind this machine's. */
  behindMs = 0

  constructor(options: EmulatorOptions = {}) {
    this.options = options
  }

  /** The address; listens on a free port. */
  async start(): Promise<string> {
    const server = createServer((request, response) => void this.#serve(request, response))
    this.#server = server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    server?.closeAllConnections()
    await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined))
  }

  /** The time on the platform, in milliseconds since 1970. */
  now(): number {
    return Date.now() - this.behindMs
  }

  /** Calls that changed something, by their action. */
  get mutations(): readonly string[] {
    return this.requests.filter((request) => this.changes(request)).map(({ action }) => action)
  }

  /** How many requests before this one changed something; undefined when it only reads. */
  changesBefore(index: number): number | undefined {
    const [own, ...earlier] = this.requests.slice(0, index + 1).reverse()
    return own && this.changes(own) ? earlier.filter((request) => this.changes(request)).length : undefined
  }

  /** What there is, without times and made-up ids: two runs that did the same have the same. */
  abstract state(): unknown
  /** Puts a function there that somebody else made. */
  abstract plant(name: string): void
  /** Changes a function behind everybody's back, in the platform's words. */
  abstract drift(name: string, change: Readonly<Record<string, unknown>>): void

  protected abstract name(request: Omit<WireRequest, 'action'>): string
  protected abstract answer(request: WireRequest): WireReply
  protected abstract refuse(fault: 'throttle' | 'unavailable'): WireReply
  protected abstract changes(request: WireRequest): boolean

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    // Who asks for the time alone has no signature.
    if (incoming.method === 'HEAD' && !incoming.headers.authorization) return this.#send(response, { status: 404 })
    const request = await this.#read(incoming)
    const index = this.requests.push(request) - 1
    const fault =
      this.options.fault?.(request, index) ??
      (!this.changes(request) || this.#takes(request.action) ? undefined : 'throttle')
    if (this.options.latencyMs) await new Promise((resolve) => setTimeout(resolve, this.options.latencyMs))
    await this.options.boundary?.(request, index, 'before')
    if (fault === 'cut before') return void incoming.socket.destroy()
    if (fault === 'page') return this.#send(response, PAGE)
    if (fault === 'gateway') return this.#send(response, { ...PAGE, status: 502 })
    if (fault === 'throttle') this.throttled++
    const reply = fault === 'throttle' || fault === 'unavailable' ? this.refuse(fault) : this.answer(request)
    await this.options.boundary?.(request, index, 'after')
    if (fault === 'cut after') return void incoming.socket.destroy()
    this.#send(response, reply)
  }

  #send(response: ServerResponse, { status, body, headers = {} }: WireReply): void {
    const isBytes = Buffer.isBuffer(body)
    const type = isBytes ? 'application/octet-stream' : 'application/json'
    const date = new Date(this.now()).toUTCString()
    response.writeHead(status, { date, ...(body !== undefined && { 'content-type': type }), ...headers })
    response.end(body === undefined ? undefined : isBytes ? body : JSON.stringify(body))
  }

  async #read(incoming: IncomingMessage): Promise<WireRequest> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const url = incoming.url ?? '/'
    const { pathname, searchParams } = new URL(url, 'http://localhost')
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
    const whole = {
      method: incoming.method ?? 'GET',
      path: decodeURIComponent(pathname),
      url,
      query: searchParams,
      headers,
      body: Buffer.concat(chunks),
      atMs: this.now(),
    }
    return { ...whole, action: this.name(whole) }
  }

  #takes(action: string): boolean {
    const given = this.options.rate
    if (given === undefined) return true
    const rate = typeof given === 'number' ? given : given(action)
    const now = performance.now()
    const bucket = this.#buckets.get(action) ?? { tokens: rate, at: now }
    bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.at) / 1000) * rate)
    bucket.at = now
    this.#buckets.set(action, bucket)
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }
}

// Every tag is closed: it can be read as XML.
const PAGE: WireReply = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from(
    '<!DOCTYPE html><html><head><title>Blocked</title></head><body><p>Ask your network</p></body></html>',
  ),
}
