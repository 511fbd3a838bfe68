import {
  type Answer,
  type CallInfo,
  type Emulator,
  type Entry,
  orTimeout,
  type PlatformCall,
  throughJson,
} from '@anyfaas/kit'
import type { PlatformContext, PlatformEvent, RequestReply } from './events.ts'

/** Plays the platform on the developer's machine, for `sls invoke` and `sls event`. */
export const emulator: Emulator = {
  kinds: ['http', 'timer', 'event'],
  event: eventOf,
  call: async (entry, call, info) => answerOf(await invoke(entry, call, info), call),
}

function eventOf(call: PlatformCall, info: CallInfo): PlatformEvent {
  if (call.kind === 'timer')
    return {
      type: 'timer',
      trigger: call.trigger ?? 'timer',
      time: new Date(info.time).toISOString(),
      payload: throughJson(call.data),
    }
  if (call.kind !== 'http') return { type: 'call', data: throughJson(call.data) }
  const headers = Object.fromEntries(call.headers.map(([name, value]) => [name.toLowerCase(), value]))
  const { method, url, body } = call
  return {
    type: 'http',
    method: method.toUpperCase(),
    url,
    headers,
    ip: '127.0.0.1',
    ...(body && { body: Buffer.from(body).toString('base64') }),
  }
}

function invoke(entry: Entry, call: PlatformCall, info: CallInfo): Promise<unknown> {
  const handler = entry.handler as unknown as (event: PlatformEvent, context: PlatformContext) => Promise<unknown>
  const context = { requestId: info.requestId, deadline: Date.now() + info.timeoutSec * 1000 }
  return orTimeout(handler(eventOf(call, info), context), info.timeoutSec, `no answer in ${info.timeoutSec} s`)
}

function answerOf(result: unknown, call: PlatformCall): Answer {
  if (call.kind !== 'http') return { kind: 'value', value: throughJson(result) }
  const { status, headers, body, isBase64Encoded } = throughJson(result) as RequestReply
  const list = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const))
  return { kind: 'http', status, headers: list, body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') }
}
