import {
  bodyOf,
  encodeBody,
  type HttpReply,
  joined,
  PlatformRequest,
  readHeaders,
  type Shape,
  shapeOf,
  textOf,
} from '@anyfaas/runtime'
import { LambdaCall } from './call.ts'
import { encodePath, PLAIN } from './path.ts'

/**
 * Payload format 2.0: HTTP APIs and function URLs.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export class HttpV2 extends PlatformRequest {
  private readonly shape: Shape

  constructor(event: Shape, context: unknown) {
    const request = shapeOf(event['requestContext'])
    super(new LambdaCall(event, context), shapeOf(request['http'])['method'], pathOf(event['rawPath'], request))
    this.shape = event
  }

  get query(): string {
    return textOf(this.shape['rawQueryString']) ?? ''
  }

  get ip(): string {
    return textOf(shapeOf(shapeOf(this.shape['requestContext'])['http'])['sourceIp']) ?? ''
  }

  protected readHeaders(): Record<string, string> {
    const headers = readHeaders(this.shape['headers'])
    const cookies = this.shape['cookies']
    if (Array.isArray(cookies) && cookies.length > 0) headers['cookie'] = cookies.join('; ')
    return headers
  }

  protected readBody(): string | Uint8Array | undefined {
    return bodyOf(this.shape)
  }
}

export function isHttpV2(event: Shape): boolean {
  return event['version'] === '2.0' && typeof shapeOf(event['requestContext'])['http'] === 'object'
}

/** Cookies have a field of their own; other repeated headers are joined. */
export function toV2(reply: HttpReply): object {
  const headers: Record<string, string> = {}
  let cookies: string[] | undefined
  for (const name in reply.headers) {
    const value = reply.headers[name] as string | string[]
    if (name === 'set-cookie') cookies = [value].flat()
    else headers[name] = joined(value)
  }
  const { body, isBase64Encoded } = encodeBody(reply)
  return { statusCode: reply.status, headers, cookies, body, isBase64Encoded }
}

// Function URLs give the path as sent. HTTP APIs give it decoded, with the stage before it on their own domain.
function pathOf(raw: unknown, { domainName, stage }: Shape): unknown {
  if (typeof raw !== 'string' || (stage === '$default' && PLAIN.test(raw))) return raw
  const domain = textOf(domainName) ?? ''
  const prefix = `/${textOf(stage) ?? ''}`
  if (domain.includes('.lambda-url.')) return raw
  const staged = domain.includes('.execute-api.') && `${raw}/`.startsWith(`${prefix}/`)
  return encodePath(staged ? raw.slice(prefix.length) || '/' : raw)
}
