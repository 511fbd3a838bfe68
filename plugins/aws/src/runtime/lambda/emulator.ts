import {
  type Answer,
  type CallInfo,
  type Emulator,
  type Entry,
  type EventCall,
  orTimeout,
  type PlatformCall,
  throughJson,
} from '@anyfaas/kit'
import { samples } from './samples.ts'
import { serverProtocol } from './server-protocol.ts'
import { httpApi } from './shape-v2.ts'
import type { HttpShape } from './shapes.ts'

/** Lambda with one of its ways for HTTP. */
export function lambdaWith(shape: HttpShape): Emulator {
  const event = (call: PlatformCall, info: CallInfo) =>
    throughJson(call.kind === 'http' ? shape.event(call, info) : eventOf(call, info))
  return {
    server: serverProtocol,
    kinds: ['http', 'timer', 'event'],
    samples,
    event,
    call: async (entry, call, info) => {
      const result = throughJson(await invoke(entry, event(call, info), info))
      if (call.kind !== 'http') return { kind: 'value', value: result }
      return withoutBody(shape.answer(result), call.method)
    },
  }
}

/** Lambda as `sls` deploys to it: requests come through an HTTP API. */
export const emulator: Emulator = lambdaWith(httpApi)

// What a schedule sends that `sls` has deployed: the input that the translation gives it.
function eventOf(call: EventCall, info: CallInfo): unknown {
  if (call.kind !== 'timer') return call.data
  return {
    version: '0',
    id: info.requestId,
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    time: new Date(info.time).toISOString(),
    resources: [call.trigger ?? info.function],
    detail: call.data ?? {},
  }
}

async function invoke(entry: Entry, event: unknown, info: CallInfo): Promise<unknown> {
  const handler = entry.handler as (event: unknown, context: object) => unknown
  // The runtime of Node.js 24 decides by this number.
  if (handler.length > 2) throw new Error('Runtime.CallbackHandlerDeprecated: the handler takes a callback')
  const message = `${new Date(info.time).toISOString()} ${info.requestId} Task timed out after ${info.timeoutSec.toFixed(2)} seconds`
  return orTimeout(Promise.resolve(handler(event, contextOf(info))), info.timeoutSec, message)
}

function contextOf(info: CallInfo): object {
  const endsAt = Date.now() + info.timeoutSec * 1000
  return {
    awsRequestId: info.requestId,
    functionName: info.function,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${info.region}:123456789012:function:${info.function}`,
    memoryLimitInMB: String(info.memoryMb),
    logGroupName: `/aws/lambda/${info.function}`,
    logStreamName: '2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, endsAt - Date.now()),
  }
}

// A front door never passes a body on that HTTP does not allow.
function withoutBody(answer: Answer, method: string): Answer {
  return answer.kind === 'http' && method.toUpperCase() === 'HEAD' ? { ...answer, body: new Uint8Array() } : answer
}
