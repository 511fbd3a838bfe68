import { addCors, preflightHeaders, preflightMethod } from './cors.ts'
import { HttpError } from './error.ts'
import { explain } from './explain.ts'
import { failWith } from './failure.ts'
import type { HttpInput, HttpReply } from './input.ts'
import type { Route } from './manifest.ts'
import { HttpResponse } from './response.ts'
import type { Router } from './router.ts'

/** The answer to a preflight request of a route with rules for that; undefined for every other request. */
export function answerPreflight(router: Router<Route>, input: HttpInput): HttpReply | undefined {
  const asked = preflightMethod(input)
  const target = asked === undefined ? undefined : router.find(asked, input.path)?.route
  if (!target?.cors) return undefined
  return { kind: 'http', status: 204, headers: preflightHeaders(target.cors, target, input), body: null }
}

/** No route takes the request: 405 when another method would do, else 404. */
export function refuse(router: Router<Route>, input: HttpInput, development: boolean): HttpReply {
  const fail = (error: Error) => failWith(new HttpResponse(), error, { development, method: input.method })
  const known = explain(router, input.path)
  if (!known) return fail(new HttpError(404))
  const reply = fail(new HttpError(405, undefined, { allow: known.allow.join(', ') }))
  if (known.nearest.cors) addCors(known.nearest.cors, input, reply.headers)
  return reply
}
