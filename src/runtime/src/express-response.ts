import { toBytes } from './body.ts'
import { fromText, joinBytes } from './bytes.ts'
import { type CookieOptions, writeCookie } from './cookies.ts'
import type { HttpContext } from './http-context.ts'
import { Listeners } from './listeners.ts'
import { fullType } from './types.ts'
import { reasonOf } from './words.ts'

type Chunk = string | Uint8Array
type Done = () => void

/** The `res` of a plain `(req, res)` handler. It collects the answer; `end` gives it to the call. */
export class ExpressResponse extends Listeners {
  readonly #ctx: HttpContext
  readonly #ended: Done
  readonly #chunks: Chunk[] = []
  statusMessage = ''
  headersSent = false
  writableEnded = false
  writableFinished = false
  readonly locals: Record<string, unknown> = {}

  constructor(ctx: HttpContext, ended: Done) {
    super()
    this.#ctx = ctx
    this.#ended = ended
  }

  get statusCode(): number {
    return this.#ctx.status
  }

  set statusCode(status: number) {
    this.#ctx.status = status
  }

  get finished(): boolean {
    return this.writableEnded
  }

  status(status: number): this {
    this.statusCode = status
    return this
  }

  sendStatus(status: number): this {
    return this.status(status).type('text').send(reasonOf(status))
  }

  setHeader(name: string, value: unknown): this {
    if (this.headersSent) throw new Error(`header "${name}" comes after the answer was sent`)
    this.#ctx.set(name, value)
    return this
  }

  appendHeader(name: string, value: string | readonly string[]): this {
    this.#ctx.append(name, value)
    return this
  }

  getHeader(name: string): string | string[] | undefined {
    return this.#ctx.response.headers[name.toLowerCase()]
  }

  hasHeader(name: string): boolean {
    return this.getHeader(name) !== undefined
  }

  removeHeader(name: string): void {
    this.#ctx.remove(name)
  }

  getHeaders(): Record<string, string | string[]> {
    return { ...this.#ctx.response.headers }
  }

  getHeaderNames(): string[] {
    return Object.keys(this.#ctx.response.headers)
  }

  set(name: string | Readonly<Record<string, unknown>>, value?: unknown): this {
    if (typeof name === 'string') return this.setHeader(name, value)
    for (const [key, item] of Object.entries(name)) this.setHeader(key, item)
    return this
  }

  header(name: string | Readonly<Record<string, unknown>>, value?: unknown): this {
    return this.set(name, value)
  }

  get(name: string): string | undefined {
    return this.#ctx.response.get(name)
  }

  append(name: string, value: string | readonly string[]): this {
    return this.appendHeader(name, value)
  }

  type(type: string): this {
    return this.setHeader('content-type', fullType(type))
  }

  vary(name: string): this {
    const before = this.get('vary')
    return this.setHeader('vary', before ? `${before}, ${name}` : name)
  }

  location(url: string): this {
    return this.setHeader('location', url)
  }

  cookie(name: string, value: unknown, options: CookieOptions = {}): this {
    const text = typeof value === 'object' ? `j:${JSON.stringify(value)}` : String(value)
    return this.append('set-cookie', writeCookie(name, text, { httpOnly: false, ...options }))
  }

  clearCookie(name: string, options: CookieOptions = {}): this {
    return this.append('set-cookie', writeCookie(name, null, { httpOnly: false, ...options }))
  }

  writeHead(status: number, message?: string | object, headers?: object): this {
    this.statusCode = status
    if (typeof message === 'string') this.statusMessage = message
    this.set((typeof message === 'object' ? message : (headers ?? {})) as Record<string, unknown>)
    this.headersSent = true
    return this
  }

  flushHeaders(): void {
    this.headersSent = true
  }

  write(chunk: Chunk, encoding?: unknown, done?: Done): boolean {
    if (this.writableEnded) throw new Error('write after end')
    this.#chunks.push(encoded(chunk, encoding))
    this.headersSent = true
    later(typeof encoding === 'function' ? (encoding as Done) : done)
    return true
  }

  end(chunk?: Chunk | Done, encoding?: unknown, done?: Done): this {
    if (this.writableEnded) return this
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) this.#chunks.push(encoded(chunk, encoding))
    this.#finish(this.#collected())
    later([chunk, encoding, done].find((item): item is Done => typeof item === 'function'))
    return this
  }

  /** Text, bytes and objects, as Express sends them. */
  send(body?: unknown): this {
    if (body === undefined || body === null) return this.end()
    if (typeof body === 'string' && !this.hasHeader('content-type')) this.type('html')
    this.#finish(typeof body === 'number' || typeof body === 'boolean' ? String(body) : body)
    return this
  }

  json(body: unknown): this {
    if (!this.hasHeader('content-type')) this.type('json')
    this.#finish(JSON.stringify(body) ?? '')
    return this
  }

  /** `redirect(url)` or `redirect(status, url)`. */
  redirect(first: number | string, second?: number | string): void {
    const [status, url] = typeof first === 'number' ? [first, String(second)] : [Number(second ?? 302), first]
    this.#ctx.redirect(url, status)
    this.end()
  }

  // Text stays text, so that it gets the content type of one.
  #collected(): unknown {
    const chunks = this.#chunks
    if (chunks.length === 0) return null
    return chunks.every((chunk) => typeof chunk === 'string') ? chunks.join('') : joinBytes(chunks.map(toBytes))
  }

  #finish(body: unknown): void {
    if (this.writableEnded) throw new Error('the answer was sent before')
    if (!this.#ctx.response.hasStatus) this.#ctx.status = 200
    this.#ctx.body = body
    this.headersSent = true
    this.writableEnded = true
    this.writableFinished = true
    this.#ended()
    this.emit('finish')
    this.emit('close')
  }
}

function encoded(chunk: Chunk, encoding: unknown): Chunk {
  const plain = typeof chunk !== 'string' || typeof encoding !== 'string' || /^utf-?8$/i.test(encoding)
  return plain ? chunk : fromText(chunk, encoding)
}

function later(done: Done | undefined): void {
  if (done) setTimeout(done, 0)
}
