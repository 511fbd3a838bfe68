import { bodyOf, type HttpInput, PlatformRequest, readHeaders, type Shape, textOf, writeQuery } from '@anyfaas/runtime'
import type { FcCall } from './call.ts'

/** The request that an event of the API gateway is. https://help.aliyun.com/document_detail/54788.html */
export function gatewayRequest(call: FcCall, event: Shape): HttpInput {
  return new GatewayHttp(call, event)
}

class GatewayHttp extends PlatformRequest {
  private readonly shape: Shape

  constructor(call: FcCall, event: Shape) {
    super(call, event['httpMethod'], event['path'])
    this.shape = event
  }

  get query(): string {
    return writeQuery(this.shape['queryParameters'])
  }

  get ip(): string {
    return textOf(this.shape['clientIP']) ?? this.headers['x-forwarded-for']?.split(',')[0]?.trim() ?? ''
  }

  protected readHeaders(): Record<string, string> {
    return readHeaders(this.shape['headers'])
  }

  protected readBody(): string | Uint8Array | undefined {
    return bodyOf(this.shape)
  }
}
