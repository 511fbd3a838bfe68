import type { Context, HttpContext } from '@anyfaas/runtime'

/** The framework's own package of HTTP contexts, in the shape that all its versions have. */
export interface Parser {
  readonly Application: new () => { callback(): Respond }
  readonly HTTPResponse: new () => object
}

export type Respond = (
  request: object,
  response: object,
  respond: (theirs: TheirContext) => Promise<unknown>,
) => Promise<unknown>

/** What the framework's HTTP context shows of the answer. */
export interface TheirContext {
  body: unknown
  readonly status: number
  readonly res: { readonly headers: Readonly<Record<string, string | string[]>> }
  readonly response: { readonly explicitStatus?: boolean | null; readonly _explicitStatus?: boolean }
}

/** The request as the framework's package takes it from a platform, and the answer that it writes to. */
export function requestOf(ours: HttpContext, { HTTPResponse }: Parser): { request: object; response: object } {
  const { method, path, url, query, ip } = ours
  const body = Buffer.from(ours.request.rawBody)
  const request = {
    method,
    path,
    url,
    headers: { ...ours.headers },
    queries: query,
    query,
    clientIP: ip,
    ip,
    pathParameters: ours.params,
    // Its package reads JSON, forms and text; anything else it would take for text, and break it.
    ...(body.length === 0 ? { bodyParsed: true } : { body, ...(!isText(ours) && { bodyParsed: true }) }),
    getOriginEvent: () => ours.originEvent,
    getOriginContext: () => ours.originContext,
  }
  return { request, response: new HTTPResponse() }
}

function isText(ours: HttpContext): boolean {
  const type = ours.get('content-type')
  return type === undefined || /^(text\/|application\/([\w.+-]*\+)?(json|xml|x-www-form-urlencoded)\b)/i.test(type)
}

/** Hands the framework's answer over. */
export const answerWith = {
  /** Also of an answer that failed: what middleware has set is kept. */
  headers(ours: HttpContext, theirs: TheirContext): void {
    for (const [name, value] of Object.entries(theirs.res.headers)) {
      // The body may still change its form.
      if (name !== 'content-length') ours.set(name, value)
    }
  },
  body(ours: HttpContext, theirs: TheirContext, result: unknown): unknown {
    if (result !== undefined && result !== null) theirs.body = result
    answerWith.headers(ours, theirs)
    const { body, status, response } = theirs
    const isEmpty = body === undefined || body === null
    if (!isEmpty || (response._explicitStatus ?? response.explicitStatus)) ours.status = status
    return isEmpty ? undefined : body
  },
}

export interface EventContext {
  readonly logger: unknown
  readonly originEvent: unknown
  readonly originContext: unknown
}

/** What a handler gets beside the platform's own event. */
export function eventContext(ctx: Context): EventContext {
  return { logger: ctx.logger, originEvent: plain(ctx.originEvent), originContext: ctx.originContext }
}

// A platform that hands events over as bytes means text, and mostly JSON.
function plain(event: unknown): unknown {
  if (!(event instanceof Uint8Array)) return event
  const text = Buffer.from(event).toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    // It is a text then.
    return text
  }
}
