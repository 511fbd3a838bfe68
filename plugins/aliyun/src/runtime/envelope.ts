import { encodeBody, type HttpReply, isShape, type Shape, singleHeaders } from '@anyfaas/runtime'

/** Whether an event is a request that came through the API gateway. */
export function isGateway(event: Shape): boolean {
  return typeof event['httpMethod'] === 'string' && typeof event['path'] === 'string' && isShape(event['headers'])
}

/** The answer of the gateway and of HTTP triggers of edition 3.0. Both hold one text a header. */
export function toEnvelope(reply: HttpReply): object {
  const { body, isBase64Encoded } = encodeBody(reply)
  return { statusCode: reply.status, headers: singleHeaders(reply.headers), isBase64Encoded, body }
}
