import { bodyOf, PlatformRequest, readHeaders, type Shape, shapeOf, textOf, writeQuery } from '@anyfaas/runtime'
import type { FcCall } from '../call.ts'

/** The event of an HTTP trigger. https://help.aliyun.com/document_detail/2513624.html */
export class TriggerHttp extends PlatformRequest {
  private readonly shape: Shape

  constructor(call: FcCall, event: Shape) {
    super(call, httpOf(event)['method'], event['rawPath'])
    this.shape = event
  }

  /** Keys that come several times arrive as one text with commas. */
  get query(): string {
    return writeQuery(this.shape['queryParameters'])
  }

  get ip(): string {
    return textOf(httpOf(this.shape)['sourceIp']) ?? ''
  }

  protected readHeaders(): Record<string, string> {
    return readHeaders(this.shape['headers'])
  }

  protected readBody(): string | Uint8Array | undefined {
    return bodyOf(this.shape)
  }
}

export function isTriggerHttp(event: Shape): boolean {
  return (
    event['version'] === 'v1' &&
    typeof event['rawPath'] === 'string' &&
    typeof shapeOf(event['requestContext'])['http'] === 'object'
  )
}

function httpOf(event: Shape): Shape {
  return shapeOf(shapeOf(event['requestContext'])['http'])
}
