import { type App, type HttpReply, isShape, shapeOf, textOf } from '@anyfaas/runtime'
import { HttpV2, isHttpV2, toV2 } from './http-v2.ts'

type Handler = (event: unknown, context: unknown) => Promise<unknown>

/** What the platform's runtime puts into the global scope. */
interface Platform {
  readonly streamifyResponse: (handler: (event: unknown, stream: Sink, context: unknown) => Promise<void>) => Handler
  readonly HttpResponseStream: { from(stream: Sink, head: object): Sink }
}

interface Sink {
  write(chunk: string | Uint8Array): boolean
  end(): void
  once(event: 'drain', listener: () => void): unknown
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
    const value = isUrl(event)
      ? await app.http(new StreamedHttp(event, context), (reply) => send(reply, stream, awslambda))
      : await handler(event, context)
    if (value === SENT) return
    stream.write(JSON.stringify(value ?? null))
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

async function send(reply: HttpReply, stream: Sink, { HttpResponseStream }: Platform): Promise<typeof SENT> {
  const { body } = reply
  const { statusCode, headers, cookies = [] } = toV2({ ...reply, body: null }) as Record<string, unknown>
  const sink = HttpResponseStream.from(stream, { statusCode, headers, cookies })
  // The head goes out before the first piece, so there has to be one.
  if (body === null || typeof body === 'string' || body instanceof Uint8Array) sink.write(body ?? '')
  else {
    sink.write('')
    for await (const chunk of body) {
      if (!sink.write(chunk)) await new Promise<void>((resolve) => void sink.once('drain', resolve))
    }
  }
  sink.end()
  return SENT
}
