import { Call, type Trigger } from './call.ts'
import { addCors } from './cors.ts'
import { asError, statusOf } from './error.ts'
import { failWith } from './failure.ts'
import { HttpContext } from './http-context.ts'
import type { HttpInput, HttpReply } from './input.ts'
import type { Route } from './manifest.ts'
import type { LiveMember, Ready } from './member.ts'
import { isPromise } from './promise.ts'
import { render } from './reply.ts'
import type { Found } from './router.ts'
import { logErrors } from './stream.ts'

/** A route and the function behind it. */
export interface MemberRoute extends Route {
  readonly member: LiveMember
  readonly trigger: Trigger
}

type Eventually<T> = T | Promise<T>

/** One request on its way through one function. */
export class Exchange {
  readonly #input: HttpInput
  readonly #route: MemberRoute
  readonly #development: boolean
  readonly #call: Call
  readonly #ctx: HttpContext

  constructor(input: HttpInput, found: Found<MemberRoute>, development: boolean) {
    this.#input = input
    this.#route = found.route
    this.#development = development
    this.#call = new Call(found.route.member.scope, input, found.route.trigger)
    this.#ctx = new HttpContext(this.#call, input, found)
  }

  /** Never rejects: an error is an answer, too. */
  answer(): Promise<HttpReply> {
    const { ready } = this.#route.member
    return ready && !this.#input.load ? this.#run(ready) : this.#prepare()
  }

  async #prepare(): Promise<HttpReply> {
    const { member } = this.#route
    try {
      if (this.#input.load) await this.#call.guard(this.#input.load(), 'still reading the request')
      const ready = member.ready ?? (await this.#call.guard(member.prepare(this.#input), 'still initializing'))
      return this.#run(ready)
    } catch (thrown) {
      return this.#rescue(thrown)
    }
  }

  // Nearly every call goes this way, and one promise more costs it a tenth of all that it costs.
  #run({ handler }: Ready): Promise<HttpReply> {
    return new Promise((resolve) => {
      const fail = (thrown: unknown) => resolve(this.#rescue(thrown))
      const done = (result: unknown) => {
        try {
          resolve(this.#deliver(result))
        } catch (thrown) {
          fail(thrown)
        }
      }
      try {
        const result = handler?.http(this.#ctx)
        if (isPromise(result)) this.#call.watch(result, done, fail)
        else done(result)
      } catch (thrown) {
        fail(thrown)
      }
    })
  }

  #deliver(result: unknown): Eventually<HttpReply> {
    if (result !== undefined) this.#ctx.body = result
    const reply = render(this.#ctx.response, this.#input)
    if (!isPromise(reply)) return this.#finish(reply)
    return this.#call.guard(reply).then(
      (whole) => this.#finish(whole),
      (error) => this.#rescue(error),
    )
  }

  #rescue(thrown: unknown): Eventually<HttpReply> {
    const error = asError(thrown)
    if (statusOf(error) >= 500) this.#call.logFailure(thrown)
    return this.#finish(
      failWith(this.#ctx.response, error, { development: this.#development, method: this.#input.method }),
    )
  }

  #finish(reply: HttpReply): Eventually<HttpReply> {
    if (this.#route.cors) addCors(this.#route.cors, this.#input, reply.headers)
    const { body } = reply
    const streams = typeof body === 'object' && body !== null && !(body instanceof Uint8Array)
    const sent = streams ? { ...reply, body: logErrors(body, (error) => this.#call.logFailure(error)) } : reply
    return this.#call.isWaiting ? this.#call.settle().then(() => sent) : sent
  }
}
