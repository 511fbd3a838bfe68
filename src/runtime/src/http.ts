import { Exchange, type MemberRoute, type Send } from './exchange.ts'
import { failWith } from './failure.ts'
import type { HttpInput } from './input.ts'
import type { Route } from './manifest.ts'
import { isRaw, type LiveMember } from './member.ts'
import { callRaw } from './raw.ts'
import { answerPreflight, refuse } from './refusal.ts'
import { HttpResponse } from './response.ts'
import { Router } from './router.ts'
import { asError } from './thrown.ts'

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

  /** Rejects for a raw handler only, whose value is passed on as it is, and where the platform takes no answer any more. */
  call<T>(input: HttpInput, send: Send<T>): Promise<unknown> {
    try {
      const preflight = input.method === 'OPTIONS' && answerPreflight(this.#router, input)
      if (preflight) return Promise.resolve(send(preflight))
      const found = this.#router.find(input.method, input.path)
      if (!found) return Promise.resolve(send(refuse(this.#router, input, this.#development)))
      if (isRaw(found.route.member)) return callRaw(found.route.member, input, 'http')
      return new Exchange(input, found, { development: this.#development, send }).answer()
    } catch (thrown) {
      const { method } = input
      const reply = failWith(new HttpResponse(), asError(thrown), { development: this.#development, method })
      return new Promise((resolve) => resolve(send(reply)))
    }
  }
}

function routeOf(member: LiveMember, route: Route): MemberRoute {
  return { ...route, member, trigger: { kind: 'http', name: route.path } }
}
