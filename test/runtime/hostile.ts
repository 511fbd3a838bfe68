import fc from 'fast-check'
import type { HttpContext } from '../../src/runtime/src/index.ts'
import { entryOf, member, type Platform } from './platforms.ts'

/** Touches everything of a request, and answers with the secret of its own call. */
const curious = (ctx: HttpContext) => {
  if (!('request' in ctx)) return 'event'
  const { method, url, query, params, headers, ip, hostname, cookies, request } = ctx
  const touched = [
    method,
    url,
    query,
    params,
    headers,
    ip,
    hostname,
    cookies.get('a'),
    request.body,
    request.rawBody.length,
    ctx.is('json'),
    ctx.accepts('json'),
  ]
  ctx.set('x-count', String(touched.length))
  return headers['x-id'] ?? 'request'
}

export const junk = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    '',
    '%',
    '%zz',
    '/',
    '\ud800',
    '__proto__',
    'constructor',
    -1,
    0.5,
    true,
    'true',
    '{',
    'a=b&&=',
    [],
    {},
    { toString: 1, valueOf: 1 },
  ),
  fc.string(),
  fc.integer(),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 2 }), fc.constant(null)), {
    maxKeys: 3,
  }),
)

export function entryFor(platform: Platform) {
  const routes = ['/:a/*', '/*'].map((path) => ({ path, methods: [] }))
  return entryOf(platform.start, [member('f', { routes })], { f: { handler: curious } })
}

// Ten thousand a shape where the whole suite runs, fewer on a developer's machine.
const isCi = Boolean(process.env['ANYFAAS_CI'])
export const RUNS = isCi ? 9000 : 400
export const REST = isCi ? 1000 : 200
export const PATIENCE_MS = isCi ? 600_000 : 60_000

/** A good request; it goes beside every hostile one. */
export const request = {
  method: 'POST',
  url: '/a/b?c=1',
  headers: { host: 'h', 'content-type': 'application/json' },
  body: '{"a":1}',
}
