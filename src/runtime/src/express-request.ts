import type { HttpContext } from './http-context.ts'
import { Listeners } from './listeners.ts'
import type { Query } from './parse.ts'

/** The `req` of a plain `(req, res)` handler: the body is parsed in `req.body`, and can be read as a stream as well. */
export class ExpressRequest extends Listeners {
  readonly #ctx: HttpContext
  readonly #fail: (error: unknown) => void
  #flowing = false
  #asText = false
  method: string
  url: string
  readonly originalUrl: string
  readonly headers: Record<string, string>
  readonly httpVersion = '1.1'
  readonly complete = true
  readonly readable = true
  #replaced: { body?: unknown; params?: unknown; query?: unknown } = {}

  constructor(ctx: HttpContext, fail: (error: unknown) => void) {
    super()
    this.#ctx = ctx
    this.#fail = fail
    this.method = ctx.method
    this.url = ctx.url
    this.originalUrl = ctx.url
    this.headers = { ...ctx.headers }
  }

  get path(): string {
    return this.#ctx.path
  }

  get query(): Query {
    return (this.#replaced.query as Query) ?? this.#ctx.query
  }

  set query(query: unknown) {
    this.#replaced.query = query
  }

  get params(): Record<string, string> {
    return (this.#replaced.params as Record<string, string>) ?? this.#ctx.params
  }

  set params(params: unknown) {
    this.#replaced.params = params
  }

  get body(): unknown {
    return 'body' in this.#replaced ? this.#replaced.body : this.#ctx.request.body
  }

  set body(body: unknown) {
    this.#replaced.body = body
  }

  get cookies(): Readonly<Record<string, string>> {
    return this.#ctx.request.cookies
  }

  get ip(): string {
    return this.#ctx.ip
  }

  get hostname(): string {
    return this.#ctx.hostname
  }

  get host(): string {
    return this.#ctx.host
  }

  get protocol(): string {
    return this.#ctx.request.protocol
  }

  get secure(): boolean {
    return this.protocol === 'https'
  }

  get socket(): { remoteAddress: string; encrypted: boolean } {
    return { remoteAddress: this.ip, encrypted: this.secure }
  }

  get rawHeaders(): string[] {
    return Object.entries(this.headers).flat()
  }

  get(name: string): string | undefined {
    return this.headers[name.toLowerCase()]
  }

  header(name: string): string | undefined {
    return this.get(name)
  }

  is(...types: string[]): string | false {
    return this.#ctx.is(...types)
  }

  accepts(...types: string[]): string | string[] | false {
    return this.#ctx.accepts(...types)
  }

  override on(name: string, listener: (...args: unknown[]) => void): this {
    super.on(name, listener)
    if (name === 'data' || name === 'end') this.#flow()
    return this
  }

  setEncoding(): this {
    this.#asText = true
    return this
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array | string> {
    const bytes = this.#ctx.request.rawBody
    if (bytes.length > 0) yield this.#asText ? String(bytes) : bytes
  }

  // Starts after the handler's own turn, so that all its listeners are there before the first chunk is.
  #flow(): void {
    if (this.#flowing) return
    this.#flowing = true
    Promise.resolve()
      .then(() => this.#pour())
      .catch(this.#fail)
  }

  async #pour(): Promise<void> {
    for await (const chunk of this) this.emit('data', chunk)
    this.emit('end')
    this.emit('close')
  }
}
