import {
  bodyOf,
  encodeBody,
  type HttpReply,
  isShape,
  PlatformRequest,
  readHeaders,
  type Shape,
  shapeOf,
  textOf,
  writeQuery,
} from '@anyfaas/runtime'
import { ScfCall } from './call.ts'

/**
 * Function URLs, and the API gateway's shape of which theirs is a part.
 * https://cloud.tencent.com/document/product/583/96099
 * https://cloud.tencent.com/document/product/583/12513
 */
export class ScfHttp extends PlatformRequest {
  private readonly shape: Shape

  constructor(event: Shape, context: unknown) {
    super(new ScfCall(event, context), event['httpMethod'], event['path'])
    this.shape = event
  }

  /** `queryString` has everything; `queryStringParameters` only what the API declares. */
  get query(): string {
    return writeQuery(this.shape['queryString'] ?? this.shape['queryStringParameters'])
  }

  get ip(): string {
    return textOf(shapeOf(this.shape['requestContext'])['sourceIp']) ?? this.headers['x-scf-remote-addr'] ?? ''
  }

  protected readHeaders(): Record<string, string> {
    return readHeaders(this.shape['headers'])
  }

  protected readBody(): string | Uint8Array | undefined {
    return bodyOf(this.shape)
  }
}

export function isHttp(event: Shape): boolean {
  return typeof event['httpMethod'] === 'string' && typeof event['path'] === 'string' && isShape(event['headers'])
}

/** The integrated response: a list of values is several headers. */
export function toReply(reply: HttpReply): object {
  return { statusCode: reply.status, headers: reply.headers, ...encodeBody(reply) }
}
