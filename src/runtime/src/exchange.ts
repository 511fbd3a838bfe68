import { Call, type Outcome, type Trigger } from './call.ts'
import { addCors } from './cors.ts'
import { failWith } from './failure.ts'
import { HttpContext } from './http-context.ts'
import type { HttpInput, HttpReply } from './input.ts'
import type { Route } from './manifest.ts'
import type { LiveMember, Ready } from './member.ts'
import { isPromise } from './promise.ts'
import { plainReply, render } from './reply.ts'
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
export class Exchange<T> extends Call implements Outcome<unknown> {
  /** Made when somebody asks for it: most answers are what the handler returns and nothing else. */
  response: HttpResponse | undefined
  private readonly request: HttpInput
  private readonly route: MemberRoute
  private readonly development: boolean
  private readonly ctx: HttpContext
  private readonly send: Send<T>
  private resolve: ((value: Eventually<T>) => void) | undefined

  constructor(input: HttpInput, { route, pattern }: Found<MemberRoute>, send: Send<T>, development: boolean) {
    super(route.member.scope, input, route.trigger)
    this.response = undefined
    this.request = input
    this.route = route
    this.development = development
    this.send = send
    this.ctx = new HttpContext(this, input, pattern)
    this.resolve = undefined
  }

  /** An error is an answer, too; rejects only with what the platform says when it takes none any more. */
  answer(): Promise<T> {
    return new Promise((resolve) => {
      this.resolve = resolve
      const { ready } = this.route.member
      if (ready && !this.request.load) this.run(ready)
      else this.prepare().catch((thrown) => this.fail(thrown))
    })
  }

  /** Takes what the handler came to. */
  done(result: unknown): void {
    try {
      const plain = this.response ? undefined : plainReply(result, this.request.method)
      if (plain) return this.finish(plain)
      if (result !== undefined) this.ctx.body = result
      const reply = render(this.ctx.response, this.request)
      if (isPromise(reply)) {
        this.guard(reply).then(
          (whole) => this.finish(whole),
          (error) => this.fail(error),
        )
      } else this.finish(reply)
    } catch (thrown) {
      this.fail(thrown)
    }
  }

  fail(thrown: unknown): void {
    const error = asError(thrown)
    if (statusOf(error) >= 500) this.logFailure(thrown)
    const { method } = this.request
    try {
      this.finish(failWith(this.ctx.response, error, { development: this.development, method }))
    } catch (unsent) {
      this.resolve?.(Promise.reject(unsent))
    }
  }

  private async prepare(): Promise<void> {
    const { member } = this.route
    if (this.request.load) await this.guard(this.request.load(), 'still reading the request')
    this.run(member.ready ?? (await this.guard(member.prepare(this.request), 'still initializing')))
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

  private finish(reply: HttpReply): void {
    if (this.route.cors) addCors(this.route.cors, this.request, reply.headers)
    const { body } = reply
    const streams = typeof body === 'object' && body !== null && !(body instanceof Uint8Array)
    const sent = this.send(streams ? { ...reply, body: logErrors(body, (error) => this.logFailure(error)) } : reply)
    this.resolve?.(this.isWaiting ? this.settle().then(() => sent) : sent)
  }
}
