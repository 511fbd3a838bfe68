import { appendHeader, redirectTo } from './append.ts'
import { setHeader } from './header-write.ts'
import type { HeaderMap } from './input.ts'
import { emptyRecord } from './record.ts'
import { fullType } from './types.ts'

/** The answer while it is made. */
export class HttpResponse {
  readonly headers: HeaderMap = emptyRecord()
  #status: number | undefined
  #body: unknown
  #hasBody = false

  /** 200 until it is set; an answer without a body becomes 204 then. */
  get status(): number {
    return this.#status ?? 200
  }

  /** Throws a RangeError for what is not a status between 200 and 599. */
  set status(status: number) {
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new RangeError(`${String(status)} is not an HTTP status between 200 and 599`)
    }
    this.#status = status
  }

  get hasStatus(): boolean {
    return this.#status !== undefined
  }

  get body(): unknown {
    return this.#body
  }

  set body(body: unknown) {
    this.#hasBody = true
    this.#body = body
  }

  /** False until a body is assigned, be it null. */
  get hasBody(): boolean {
    return this.#hasBody
  }

  /** The content type; `json`, `html`, `text` and the like are written out. */
  get type(): string {
    return this.get('content-type') ?? ''
  }

  set type(type: string) {
    this.set('content-type', fullType(type))
  }

  get(name: string): string | undefined {
    const value = this.headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : value
  }

  /** Replaces a header, or several at once. A list is sent as several headers. Throws a TypeError for a line break in a value. */
  set(name: string | Readonly<Record<string, unknown>>, value?: unknown): this {
    if (typeof name === 'string') setHeader(this.headers, name, value)
    else for (const [key, item] of Object.entries(name)) setHeader(this.headers, key, item)
    return this
  }

  append(name: string, value: string | readonly string[]): this {
    appendHeader(this.headers, name, value)
    return this
  }

  remove(name: string): this {
    delete this.headers[name.toLowerCase()]
    return this
  }

  /** Answers with a place to go to; the status is 302 unless it is given or was set to a 3xx before. */
  redirect(url: string, status?: number): void {
    redirectTo(this, url, status)
  }
}
