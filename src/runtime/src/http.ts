import { addCors, preflightHeaders, preflightMethod } from './cors.ts'
import { asError, HttpError } from './error.ts'
import { Exchange, type MemberRoute } from './exchange.ts'
import { failWith } from './failure.ts'
import type { HttpInput, HttpReply, RawReply } from './input.ts'
import type { Route } from './manifest.ts'
import type { LiveMember } from './member.ts'
import { callRaw, isRaw } from './raw.ts'
import { HttpResponse } from './response.ts'
import { Router } from './router.ts'

export interface HttpOptions {
  /** Errors are answered with their stack. */
  readonly development?: boolean
}

/** Answers HTTP requests: finds the function that a request is for and hands it over. */
export class HttpCalls {
  readonly #router: Router<MemberRoute>
  readonly #development: boolean

  constructor(members: readonly LiveMember[], options: HttpOptions) {
    const routes = members.flatMap((member) => member.scope.member.routes.map((route) => routeOf(member, route)))
    const only = members[0]
    // A function without routes can still be called over HTTP, by its URL.
    if (only && members.length === 1 && routes.length === 0) routes.push(routeOf(only, { path: '/*', methods: [] }))
    this.#router = new Router(routes)
    this.#development = options.development === true
  }

  /** Never rejects, except for a raw handler. */
  call(input: HttpInput): Promise<HttpReply | RawReply> {
    try {
      const asked = preflightMethod(input)
      const target = asked === undefined ? undefined : this.#router.find(asked, input.path)?.route
      if (target?.cors) {
        const headers = preflightHeaders(target.cors, target, input)
        return Promise.resolve({ kind: 'http', status: 204, headers, body: null })
      }
      const found = this.#router.find(input.method, input.path)
      if (!found) return Promise.resolve(this.#refuse(input))
      if (isRaw(found.route.member)) return pass(input, found.route.member)
      return new Exchange(input, found, this.#development).answer()
    } catch (thrown) {
      return Promise.resolve(this.#fail(input, asError(thrown)))
    }
  }

  /** No route takes the request: 405 when another method would do, else 404. */
  #refuse(input: HttpInput): HttpReply {
    const known = this.#router.explain(input.path)
    if (!known) return this.#fail(input, new HttpError(404))
    const reply = this.#fail(input, new HttpError(405, undefined, { allow: known.allow.join(', ') }))
    if (known.nearest.cors) addCors(known.nearest.cors, input, reply.headers)
    return reply
  }

  #fail(input: HttpInput, error: Error): HttpReply {
    return failWith(new HttpResponse(), error, { development: this.#development, method: input.method })
  }
}

async function pass(input: HttpInput, member: LiveMember): Promise<RawReply> {
  return { kind: 'raw', value: await callRaw(member, input, 'http') }
}

function routeOf(member: LiveMember, route: Route): MemberRoute {
  return { ...route, member, trigger: { kind: 'http', name: route.path } }
}
