import {
  bodyOf,
  encodeBody,
  type HttpInput,
  type HttpReply,
  isShape,
  PlatformRequest,
  readHeaders,
  type Shape,
  shapeOf,
  singleHeaders,
  textOf,
  writeQuery,
} from '@anyfaas/runtime'
import { LambdaCall } from './call.ts'
import { encodePath } from './path.ts'

/**
 * REST APIs (and HTTP APIs with payload format 1.0) and application load balancers, which share a shape but for details.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export function requestV1(event: Shape, context: unknown): HttpInput {
  return new HttpV1(event, context)
}

class HttpV1 extends PlatformRequest {
  private readonly shape: Shape

  constructor(event: Shape, context: unknown) {
    const { httpMethod, path, version } = event
    // An HTTP API with the older payload: it decodes the path, the other two do not.
    super(new LambdaCall(event, context), httpMethod, version === '1.0' ? encodePath(String(path)) : path)
    this.shape = event
  }

  get query(): string {
    const { multiValueQueryStringParameters: many, queryStringParameters: one } = this.shape
    // A load balancer leaves the escapes in.
    return writeQuery(isShape(many) ? many : one, isLoadBalancer(this.shape) ? asIs : encodeURIComponent)
  }

  get ip(): string {
    const identity = shapeOf(shapeOf(this.shape['requestContext'])['identity'])
    // The load balancer adds the client that it saw to the end of the list.
    return textOf(identity['sourceIp']) ?? this.headers['x-forwarded-for']?.split(',').at(-1)?.trim() ?? ''
  }

  protected readHeaders(): Record<string, string> {
    const { multiValueHeaders: many, headers: one } = this.shape
    return readHeaders(isShape(many) ? many : one)
  }

  protected readBody(): string | Uint8Array | undefined {
    return bodyOf(this.shape)
  }
}

function isLoadBalancer(event: Shape): boolean {
  return isShape(shapeOf(event['requestContext'])['elb'])
}

/** The answer in the form that the event's own sender takes. */
export function toV1(reply: HttpReply, event: Shape): object {
  const write = !isLoadBalancer(event) ? restHeaders : isShape(event['multiValueHeaders']) ? manyHeaders : fewHeaders
  return { statusCode: reply.status, ...write(reply.headers), ...encodeBody(reply) }
}

type Write = (headers: HttpReply['headers']) => object

const restHeaders: Write = (all) => {
  const headers: Record<string, string> = {}
  const multiValueHeaders: Record<string, string[]> = {}
  for (const [name, value] of Object.entries(all)) {
    if (typeof value === 'string') headers[name] = value
    else multiValueHeaders[name] = value
  }
  return { headers, multiValueHeaders }
}

// A load balancer with multi-value headers reads these only.
const manyHeaders: Write = (all) => ({
  multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value].flat()])),
})

const fewHeaders: Write = (all) => ({ headers: singleHeaders(all) })

function asIs(text: string): string {
  return text
}
