import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { functionUrl } from '../../plugins/aws/src/runtime/lambda/shape-v2.ts'
import { start } from '../../plugins/aws/src/runtime/lambda/start.ts'
import type { Emulator } from '../../src/kit/src/index.ts'
import type { Start } from '../../src/runtime/src/index.ts'

export type Streaming = (event: unknown, stream: PassThrough, context: object) => Promise<void>

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
export const startStreamed: Start = (manifest, loaders) =>
  withStreams(() => start({ ...manifest, streaming: true }, loaders))

/** Opens an entry where the platform has what streams answers. */
export function withStreams<T>(open: () => T): T {
  const scope = globalThis as { awslambda?: unknown }
  scope.awslambda = awslambda
  try {
    return open()
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
    const event = functionUrl.event(call, info)
    const context = { awsRequestId: info.requestId, getRemainingTimeInMillis: () => info.timeoutSec * 1000 }
    const answer = functionUrl.answer(await readStreamed(entry.handler as unknown as Streaming)(event, context))
    return call.method.toUpperCase() === 'HEAD' ? { ...answer, body: new Uint8Array() } : answer
  },
}

/** Such a handler as one that gives the whole answer. */
export function readStreamed(handler: Streaming): (event: unknown, context: object) => Promise<unknown> {
  return async (event, context) => {
    const stream = new PassThrough()
    const whole = buffer(stream)
    let failure: unknown
    await handler(event, stream, context).catch((error) => {
      failure = error
      stream.end()
    })
    const bytes = await whole
    const end = bytes.indexOf(Buffer.alloc(GAP))
    if (end >= 0) {
      // What breaks after its head ends the answer there.
      const body = bytes.subarray(end + GAP).toString('base64')
      return { ...JSON.parse(bytes.subarray(0, end).toString()), body, isBase64Encoded: true }
    }
    if (failure !== undefined) throw failure
    return JSON.parse(bytes.toString())
  }
}
