import { parseBody, parseCookies, toBytes } from './body.ts'
import type { HttpInput } from './input.ts'
import { accepts, matchType } from './negotiate.ts'
import { parseQuery, type Query } from './parse.ts'
import type { Pattern } from './pattern.ts'
import { readParams } from './router.ts'

/** The incoming request. Everything is read when it is asked for. */
export class HttpRequest {
  readonly #input: HttpInput
  readonly #pattern: Pattern
  #params: Record<string, string> | undefined
  #query: Query | undefined
  #cookies: Record<string, string> | undefined
  #body: { readonly value: unknown } | undefined

  constructor(input: HttpInput, pattern: Pattern) {
    this.#input = input
    this.#pattern = pattern
  }

  get method(): string {
    return this.#input.method
  }

  /** Percent-encoded, without the query. */
  get path(): string {
    return this.#input.path
  }

  /** Path and query. */
  get url(): string {
    const { path, query } = this.#input
    return query === '' ? path : `${path}?${query}`
  }

  get originalUrl(): string {
    return this.url
  }

  get querystring(): string {
    return this.#input.query
  }

  /** A key that comes once is a text, one that comes several times a list. */
  get query(): Query {
    this.#query ??= parseQuery(this.#input.query)
    return this.#query
  }

  /** What `:name` and `*` of the route's path matched, decoded. */
  get params(): Record<string, string> {
    this.#params ??= readParams(this.#pattern, this.#input.path)
    return this.#params
  }

  /** Lower-case names. */
  get headers(): Readonly<Record<string, string>> {
    return this.#input.headers
  }

  get(name: string): string | undefined {
    return this.#input.headers[name.toLowerCase()]
  }

  /** Parsed by its content type: JSON, form, text, else bytes; undefined when empty. Throws 400 for malformed JSON. */
  get body(): unknown {
    this.#body ??= { value: parseBody(this.#input.body, this.#input.headers['content-type']) }
    return this.#body.value
  }

  /** The body as it came, such as a signature is made of. */
  get rawBody(): Uint8Array {
    return toBytes(this.#input.body ?? '')
  }

  get cookies(): Readonly<Record<string, string>> {
    this.#cookies ??= parseCookies(this.#input.headers['cookie'])
    return this.#cookies
  }

  get ip(): string {
    return this.#input.ip
  }

  /** With the port, when the client named one. */
  get host(): string {
    return this.#input.headers['host'] ?? ''
  }

  get hostname(): string {
    return this.host.replace(/:\d*$/, '')
  }

  get protocol(): string {
    return this.#input.headers['x-forwarded-proto']?.split(',')[0]?.trim() || 'https'
  }

  /** The first of `types` that the body is, such as `json` or `text/*`; false when none fits. */
  is(...types: string[]): string | false {
    return matchType(this.#input.headers['content-type'], types)
  }

  /** The one of `types` that the client likes best; false when it takes none. */
  accepts(...types: string[]): string | string[] | false {
    return accepts(this.#input.headers['accept'], types)
  }
}
