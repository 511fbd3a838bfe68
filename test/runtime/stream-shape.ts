import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { functionUrl } from '../../plugins/aws/src/runtime/lambda/shape-v2.ts'
import { start } from '../../plugins/aws/src/runtime/lambda/start.ts'
import type { Emulator } from '../../src/kit/src/index.ts'
import type { Start } from '../../src/runtime/src/index.ts'

type Streaming = (event: unknown, stream: PassThrough, context: object) => Promise<void>

/** As Lambda's own runtime makes the head of an answer: JSON, eight zeros, the body. */
const awslambda = {
  streamifyResponse: (handler: Streaming) => handler,
  HttpResponseStream: {
    from: (stream: PassThrough, head: object) => {
      stream.write(JSON.stringify(head))
      stream.write(Buffer.alloc(GAP))
      return stream
    },
  },
}

const GAP = 8

/** A function whose own address streams. */
export const startStreamed: Start = (manifest, loaders) => {
  const scope = globalThis as { awslambda?: unknown }
  scope.awslambda = awslambda
  try {
    return start({ ...manifest, streaming: true }, loaders)
  } finally {
    delete scope.awslambda
  }
}

/** The address of such a function. */
export const streamedUrl: Emulator = {
  kinds: ['http'],
  event: (call, info) => functionUrl.event(call as Parameters<typeof functionUrl.event>[0], info),
  call: async (entry, call, info) => {
    if (call.kind !== 'http') throw new Error('only requests come this way')
    const stream = new PassThrough()
    const whole = buffer(stream)
    const handler = entry.handler as unknown as Streaming
    const event = functionUrl.event(call, info)
    const context = { awsRequestId: info.requestId, getRemainingTimeInMillis: () => info.timeoutSec * 1000 }
    // What breaks after its head ends the answer there.
    await handler(event, stream, context).catch(() => stream.end())
    const bytes = await whole
    const end = bytes.indexOf(Buffer.alloc(GAP))
    // What has no head is a body alone.
    if (end < 0) return functionUrl.answer({ statusCode: 200, body: bytes.toString() })
    const { statusCode, headers, cookies } = JSON.parse(bytes.subarray(0, end).toString())
    const body = bytes.subarray(end + GAP).toString('base64')
    const answer = functionUrl.answer({ statusCode, headers, cookies, body, isBase64Encoded: true })
    return call.method.toUpperCase() === 'HEAD' ? { ...answer, body: new Uint8Array() } : answer
  },
}
