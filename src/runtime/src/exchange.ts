import { Call, type Outcome, type Trigger } from './call.ts'
import type { Cookies } from './cookies.ts'
import { addCors } from './cors.ts'
import { failWith } from './failure.ts'
import { type HttpCall, HttpContext } from './http-context.ts'
import type { HttpInput, HttpReply } from './input.ts'
import type { Route } from './manifest.ts'
import type { LiveMember, Ready } from './member.ts'
import { isPromise } from './promise.ts'
import { plainReply, render } from './reply.ts'
import type { HttpRequest } from './request.ts'
import type { HttpResponse } from './response.ts'
import { logErrors } from './stream.ts'
import { asError, statusOf } from './thrown.ts'
import type { Found } from './trie.ts'

/** A route and the function behind it. */
export interface MemberRoute extends Route {
  readonly member: LiveMember
  readonly trigger: Trigger
}

/** Writes a reply in the platform's form. */
export type Send<T> = (reply: HttpReply) => T

type Eventually<T> = T | PromiseLike<T>

/** One request on its way through one function. It is its own call, so that a request makes few objects. */
export class Exchange<T> extends Call implements HttpCall, Outcome<unknown> {
  declare readonly input: HttpInput
  readonly found: Found<MemberRoute>
  request: HttpRequest | undefined
  /** Made when somebody asks for it: most answers are what the handler returns and nothing else. */
  response: HttpResponse | undefined
  cookies?: Cookies
  private readonly development: boolean
  private readonly ctx: HttpContext
  private readonly send: Send<T>
  private resolve: ((value: Eventually<T>) => void) | undefined

  constructor(input: HttpInput, found: Found<MemberRoute>, send: Send<T>, development: boolean) {
    const { member, trigger } = found.route
    super(member.scope, input, trigger)
    this.found = found
    this.request = undefined
    this.response = undefined
    this.development = development
    this.send = send
    this.ctx = new HttpContext(this)
    this.resolve = undefined
  }

  /** An error is an answer, too; rejects only with what the platform says when it takes none any more. */
  answer(): Promise<T> {
    const answer = new Promise<T>((resolve) => {
      this.resolve = resolve
    })
    const { ready } = this.found.route.member
    if (ready && !this.input.load) this.run(ready)
    else this.prepare().catch((thrown) => this.fail(thrown))
    return answer
  }

  /** Takes what the handler came to. */
  done(result: unknown): void {
    try {
      const plain = this.response ? undefined : plainReply(result, this.input.method)
      if (plain) this.finish(plain)
      else this.render(result)
    } catch (thrown) {
      this.fail(thrown)
    }
  }

  fail(thrown: unknown): void {
    const error = asError(thrown)
    if (statusOf(error) >= 500) this.logFailure(thrown)
    const { method } = this.input
    try {
      this.finish(failWith(this.ctx.response, error, { development: this.development, method }))
    } catch (unsent) {
      this.resolve?.(Promise.reject(unsent))
    }
  }

  private async prepare(): Promise<void> {
    const { found, input } = this
    const { member } = found.route
    if (input.load) await this.guard(input.load(), 'still reading the request')
    this.run(member.ready ?? (await this.guard(member.prepare(input), 'still initializing')))
  }

  private run({ handler }: Ready): void {
    try {
      const result = handler?.http(this.ctx)
      if (isPromise(result)) this.watch(result, this)
      else this.done(result)
    } catch (thrown) {
      this.fail(thrown)
    }
  }

  private render(result: unknown): void {
    if (result !== undefined) this.ctx.body = result
    const reply = render(this.ctx.response, this.input)
    if (isPromise(reply)) {
      this.guard(reply).then(
        (whole) => this.finish(whole),
        (error) => this.fail(error),
      )
    } else this.finish(reply)
  }

  private finish(reply: HttpReply): void {
    const { cors } = this.found.route
    if (cors) addCors(cors, this.input, reply.headers)
    const { body } = reply
    const streams = typeof body === 'object' && body !== null && !(body instanceof Uint8Array)
    const sent = this.send(streams ? { ...reply, body: logErrors(body, (error) => this.logFailure(error)) } : reply)
    this.resolve?.(this.isWaiting ? this.settle().then(() => sent) : sent)
  }
}
