import { type App, fromBase64, type HttpReply, isShape, type Shape, shapeOf, textOf } from '@anyfaas/runtime'
import { HttpV2, isHttpV2, toV2 } from './http-v2.ts'

type Handler = (event: unknown, context: unknown) => Promise<unknown>

/** What the platform's runtime puts into the global scope. */
interface Platform {
  readonly streamifyResponse: (handler: (event: unknown, stream: Sink, context: unknown) => Promise<void>) => Handler
  readonly HttpResponseStream: { from(stream: Sink, head: object): Sink }
}

interface Sink {
  /** The platform has taken it back: whoever asked has gone. */
  readonly destroyed?: boolean
  write(chunk: string | Uint8Array): boolean
  end(): void
  once(event: 'drain' | 'close', listener: () => void): unknown
}

/**
 * The handler of a function whose own address passes answers on in pieces. Whoever else calls it gets the same value as
 * from any function, as one piece. https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 */
export function streamed(app: App, handler: Handler): Handler {
  const { awslambda } = globalThis as { readonly awslambda?: Platform }
  // Absent where the platform is only played, and a raw handler's value is not ours to send.
  if (!awslambda || app.raw) return handler
  return awslambda.streamifyResponse(async (event, stream, context) => {
    if (isUrl(event)) {
      const value = await app.http(new StreamedHttp(event, context), (reply) => send(reply, stream, awslambda))
      if (value !== SENT) answerRaw(value, stream, awslambda)
      return
    }
    stream.write(JSON.stringify((await handler(event, context)) ?? null))
    stream.end()
  })
}

const SENT = Symbol('sent')

class StreamedHttp extends HttpV2 {
  readonly streaming = true
}

function isUrl(event: unknown): event is Parameters<typeof isHttpV2>[0] {
  if (!isShape(event) || !isHttpV2(event)) return false
  return (textOf(shapeOf(event['requestContext'])['domainName']) ?? '').includes('.lambda-url.')
}

function room(sink: Sink): Promise<void> {
  return new Promise((resolve) => {
    sink.once('drain', resolve)
    sink.once('close', resolve)
  })
}

// What a raw handler among others returns means here what it means where the address does not stream.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
function answerRaw(value: unknown, stream: Sink, { HttpResponseStream }: Platform): void {
  const { statusCode, headers, cookies, body = '', isBase64Encoded } = readAnswer(value)
  const sink = HttpResponseStream.from(stream, { statusCode, headers, cookies })
  sink.write(isBase64Encoded === true ? fromBase64(String(body)) : String(body))
  sink.end()
}

function readAnswer(value: unknown): Shape {
  if (isShape(value) && 'statusCode' in value) return value
  const body = typeof value === 'string' ? value : JSON.stringify(value ?? null)
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body }
}

async function send(reply: HttpReply, stream: Sink, { HttpResponseStream }: Platform): Promise<typeof SENT> {
  const { body } = reply
  const { statusCode, headers, cookies = [] } = toV2({ ...reply, body: null }) as Record<string, unknown>
  const sink = HttpResponseStream.from(stream, { statusCode, headers, cookies })
  // The head goes out before the first piece, so there has to be one.
  if (body === null || typeof body === 'string' || body instanceof Uint8Array) sink.write(body ?? '')
  else {
    sink.write('')
    for await (const chunk of body) {
      if (!sink.write(chunk) && !sink.destroyed) await room(sink)
      // Leaving the loop closes the stream that nobody reads any more.
      if (sink.destroyed) break
    }
  }
  sink.end()
  return SENT
}
