import type { HttpContext } from './http-context.ts'

/** The web standard's form of a request. GET and HEAD have no body there. */
export function toRequest(ctx: HttpContext): Request {
  const { method, protocol, host, url, headers, rawBody } = ctx.request
  const bodiless = method === 'GET' || method === 'HEAD' || rawBody.length === 0
  return new Request(`${protocol}://${host || 'localhost'}${url}`, {
    method,
    headers: { ...headers },
    signal: ctx.signal,
    ...(bodiless ? {} : { body: rawBody as Uint8Array<ArrayBuffer> }),
  })
}
