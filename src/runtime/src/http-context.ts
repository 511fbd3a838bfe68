import type { Call } from './call.ts'
import { callOf } from './call-of.ts'
import { Context } from './context.ts'
import { type Cookies, makeCookies } from './cookies.ts'
import type { HttpInput } from './input.ts'
import type { Query } from './parse.ts'
import type { Pattern } from './pattern.ts'
import { HttpRequest } from './request.ts'
import { HttpResponse } from './response.ts'

/** A call that is answered over HTTP. */
export interface HttpCall extends Call {
  readonly input: HttpInput
  readonly found: { readonly pattern: Pattern }
  /** These are made when somebody asks for them. */
  request: HttpRequest | undefined
  response: HttpResponse | undefined
  cookies?: Cookies
}

/** What a handler gets for an HTTP request: the request, the answer, and everything of `Context`. */
export class HttpContext extends Context {
  readonly #call: HttpCall

  constructor(call: HttpCall) {
    super()
    this.#call = call
  }

  [callOf](): HttpCall {
    return this.#call
  }

  get request(): HttpRequest {
    const call = this.#call
    call.request ??= new HttpRequest(call.input, call.found.pattern)
    return call.request
  }

  get response(): HttpResponse {
    this.#call.response ??= new HttpResponse()
    return this.#call.response
  }

  get req(): HttpRequest {
    return this.request
  }

  get res(): HttpResponse {
    return this.response
  }

  get method(): string {
    return this.request.method
  }

  get path(): string {
    return this.request.path
  }

  get url(): string {
    return this.request.url
  }

  get originalUrl(): string {
    return this.request.originalUrl
  }

  get query(): Query {
    return this.request.query
  }

  get params(): Record<string, string> {
    return this.request.params
  }

  /** Of the request. */
  get headers(): Readonly<Record<string, string>> {
    return this.request.headers
  }

  /** A header of the request. */
  get(name: string): string | undefined {
    return this.request.get(name)
  }

  get ip(): string {
    return this.request.ip
  }

  get host(): string {
    return this.request.host
  }

  get hostname(): string {
    return this.request.hostname
  }

  get cookies(): Cookies {
    const call = this.#call
    call.cookies ??= makeCookies(this.request, this.response.headers)
    return call.cookies
  }

  is(...types: string[]): string | false {
    return this.request.is(...types)
  }

  accepts(...types: string[]): string | string[] | false {
    return this.request.accepts(...types)
  }

  /** Reads the request's body until a body for the answer is assigned; then that one. */
  get body(): unknown {
    const { response } = this.#call
    return response?.hasBody ? response.body : this.request.body
  }

  set body(body: unknown) {
    this.response.body = body
  }

  get status(): number {
    return this.response.status
  }

  set status(status: number) {
    this.response.status = status
  }

  get type(): string {
    return this.response.type
  }

  set type(type: string) {
    this.response.type = type
  }

  /** Sets headers of the answer. */
  set(name: string | Readonly<Record<string, unknown>>, value?: unknown): this {
    this.response.set(name, value)
    return this
  }

  append(name: string, value: string | readonly string[]): this {
    this.response.append(name, value)
    return this
  }

  remove(name: string): this {
    this.response.remove(name)
    return this
  }

  redirect(url: string, status?: number): void {
    this.response.redirect(url, status)
  }
}
