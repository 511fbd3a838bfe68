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

/** Rejects for a raw handler only, whose value is passed on as it is, and where the platform takes no answer any more. */
export type AnswerHttp = <T>(input: HttpInput, send: Send<T>) => Promise<unknown>

/** What answers HTTP requests: it finds the function that a request is for and hands it over. */
export function answerHttp(members: readonly LiveMember[], { development = false }: HttpOptions): AnswerHttp {
  // Functions that only events call have no use for it.
  let router: Router<MemberRoute> | undefined
  return (input, send) => {
    const { method, path } = input
    try {
      router ??= routerOf(members)
      const preflight = method === 'OPTIONS' && answerPreflight(router, input)
      if (preflight) return Promise.resolve(send(preflight))
      const found = router.find(method, path)
      if (!found) return Promise.resolve(send(refuse(router, input, development)))
      const { member } = found.route
      return isRaw(member) ? callRaw(member, input, 'http') : new Exchange(input, found, send, development).answer()
    } catch (thrown) {
      const reply = failWith(new HttpResponse(), asError(thrown), { development, method })
      return new Promise((resolve) => resolve(send(reply)))
    }
  }
}

function routerOf(members: readonly LiveMember[]): Router<MemberRoute> {
  const routes = members.flatMap((member) => member.scope.member.routes.map((route) => routeOf(member, route)))
  const [only] = members
  // A function without routes can still be called over HTTP, by its URL.
  if (only && members.length === 1 && routes.length === 0) routes.push(routeOf(only, { path: '/*', methods: [] }))
  return new Router(routes)
}

function routeOf(member: LiveMember, route: Route): MemberRoute {
  return { ...route, member, trigger: { kind: 'http', name: route.path } }
}
