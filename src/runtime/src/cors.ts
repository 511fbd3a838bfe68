import type { HeaderMap, HttpInput } from './input.ts'
import type { CorsRule, Route } from './manifest.ts'

/** The method that a preflight request asks for; undefined when the request is none. */
export function preflightMethod(input: HttpInput): string | undefined {
  if (input.method !== 'OPTIONS' || input.headers['origin'] === undefined) return undefined
  return input.headers['access-control-request-method']?.toUpperCase()
}

/** What a preflight request is answered with (status 204). */
export function preflightHeaders(rule: CorsRule, route: Route, input: HttpInput): HeaderMap {
  const headers: HeaderMap = {}
  if (!allowOrigin(rule, input, headers)) return headers
  const methods = rule.methods ?? route.methods
  headers['access-control-allow-methods'] = methods.length > 0 ? methods.join(',') : (preflightMethod(input) ?? 'GET')
  const asked = input.headers['access-control-request-headers']
  const allowed = rule.headers?.includes('*') ? asked : (rule.headers?.join(',') ?? asked)
  if (allowed) headers['access-control-allow-headers'] = allowed
  if (rule.maxAgeSec !== undefined) headers['access-control-max-age'] = String(rule.maxAgeSec)
  return headers
}

/** Adds the rule's headers to an answer. What the handler set itself stays. */
export function addCors(rule: CorsRule, input: HttpInput, headers: HeaderMap): void {
  if (headers['access-control-allow-origin'] !== undefined) return
  if (!allowOrigin(rule, input, headers)) return
  if (rule.exposeHeaders?.length) headers['access-control-expose-headers'] ??= rule.exposeHeaders.join(',')
}

function allowOrigin(rule: CorsRule, input: HttpInput, headers: HeaderMap): boolean {
  const any = rule.origins.includes('*')
  if (any && !rule.credentials) {
    headers['access-control-allow-origin'] = '*'
    return true
  }
  // The answer depends on who asks, so caches have to know, also when the answer is no.
  addVary(headers)
  const origin = input.headers['origin']
  if (origin === undefined || !(any || rule.origins.includes(origin))) return false
  headers['access-control-allow-origin'] = origin
  if (rule.credentials) headers['access-control-allow-credentials'] = 'true'
  return true
}

function addVary(headers: HeaderMap): void {
  const before = headers['vary']
  const list = (Array.isArray(before) ? before.join(',') : (before ?? '')).split(',').map((name) => name.trim())
  if (list.some((name) => name === '*' || name.toLowerCase() === 'origin')) return
  headers['vary'] = [...list.filter((name) => name !== ''), 'Origin'].join(', ')
}
