import {
  type CallInfo,
  type Emulator,
  type Entry,
  type EventCall,
  type HttpAnswer,
  orTimeout,
  type PlatformCall,
  throughJson,
} from '@anyfaas/kit'
import { samples } from './samples.ts'
import { serverProtocol } from './server-protocol.ts'
import { answerOf, functionUrl, type HttpShape } from './shapes.ts'

/** SCF with one of its ways for HTTP. */
export function scfWith(shape: HttpShape): Emulator {
  const event = (call: PlatformCall, info: CallInfo) =>
    throughJson(call.kind === 'http' ? shape(call, info) : eventOf(call, info))
  return {
    server: serverProtocol,
    kinds: ['http', 'timer', 'event'],
    samples,
    event,
    call: async (entry, call, info) => {
      const result = throughJson(await invoke(entry, event(call, info), info))
      if (call.kind !== 'http') return { kind: 'value', value: result }
      const answer: HttpAnswer = answerOf(result)
      return call.method.toUpperCase() === 'HEAD' ? { ...answer, body: new Uint8Array() } : answer
    },
  }
}

/** SCF as `sls` deploys to it: requests come through a function URL. */
export const emulator: Emulator = scfWith(functionUrl)

function eventOf(call: EventCall, info: CallInfo): unknown {
  if (call.kind !== 'timer') return call.data
  const Message = typeof call.data === 'string' ? call.data : (JSON.stringify(call.data) ?? '')
  return { Type: 'Timer', TriggerName: call.trigger ?? info.function, Time: new Date(info.time).toISOString(), Message }
}

async function invoke(entry: Entry, event: unknown, info: CallInfo): Promise<unknown> {
  const handler = entry.handler as (event: unknown, context: object, callback: unknown) => unknown
  const work = new Promise<unknown>((resolve, reject) => {
    const callback = (error: unknown, result: unknown) =>
      error === null || error === undefined ? resolve(result) : reject(error)
    const returned = handler(event, contextOf(info), callback)
    if (returned !== undefined) Promise.resolve(returned).then(resolve, reject)
  })
  return orTimeout(work, info.timeoutSec, `Invoking task timed out after ${info.timeoutSec} seconds`)
}

function contextOf(info: CallInfo): object {
  const environment = { SCF_NAMESPACE: 'default', TENCENTCLOUD_REGION: info.region }
  return {
    callbackWaitsForEmptyEventLoop: true,
    request_id: info.requestId,
    function_name: info.function,
    function_version: '$LATEST',
    namespace: 'default',
    memory_limit_in_mb: info.memoryMb,
    time_limit_in_ms: info.timeoutSec * 1000,
    environment: JSON.stringify(environment),
    tencentcloud_region: info.region,
    tencentcloud_appid: '1250000000',
    tencentcloud_uin: '100000000000',
  }
}
