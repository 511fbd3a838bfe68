import {
  bodyOf,
  encodeBody,
  type HttpReply,
  isShape,
  PlatformRequest,
  readHeaders,
  type Shape,
  singleHeaders,
  textOf,
  writeQuery,
} from '@anyfaas/runtime'
import type { FcCall } from './call.ts'

/** The event of the API gateway. https://help.aliyun.com/document_detail/54788.html */
export class GatewayHttp extends PlatformRequest {
  readonly #event: Shape

  constructor(call: FcCall, event: Shape) {
    super(call, event['httpMethod'], event['path'])
    this.#event = event
  }

  get query(): string {
    return writeQuery(this.#event['queryParameters'])
  }

  get ip(): string {
    return textOf(this.#event['clientIP']) ?? this.headers['x-forwarded-for']?.split(',')[0]?.trim() ?? ''
  }

  protected readHeaders(): Record<string, string> {
    return readHeaders(this.#event['headers'])
  }

  protected readBody(): string | Uint8Array | undefined {
    return bodyOf(this.#event)
  }
}

export function isGateway(event: Shape): boolean {
  return typeof event['httpMethod'] === 'string' && typeof event['path'] === 'string' && isShape(event['headers'])
}

/** The answer of the gateway and of HTTP triggers of edition 3.0. Both hold one text a header. */
export function toEnvelope(reply: HttpReply): object {
  const { body, isBase64Encoded } = encodeBody(reply)
  return { statusCode: reply.status, headers: singleHeaders(reply.headers), isBase64Encoded, body }
}
