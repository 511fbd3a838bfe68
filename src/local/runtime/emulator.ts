import {
  type Answer,
  type CallInfo,
  type Emulator,
  type Entry,
  orTimeout,
  type PlatformCall,
  throughJson,
} from '@anyfaas/kit'
import type { LocalContext, LocalEvent, LocalHandler, LocalHttpReply } from './protocol.ts'
import { samples } from './samples.ts'

/** The local platform, played without its gateway and its processes. */
export const emulator: Emulator = {
  kinds: [
    'http',
    'timer',
    'event',
    'os',
    'mq',
    'queue',
    'kafka',
    'mqtt',
    'log',
    'table',
    'stream',
    'cdn',
    'eventbus',
    'dapr',
  ],
  samples,
  event: eventOf,
  call: async (entry, call, info) => answerOf(await invoke(entry, call, info), call),
}

function eventOf(call: PlatformCall, info: CallInfo): LocalEvent {
  if (call.kind !== 'http')
    return { ...call, id: info.requestId, time: new Date(info.time).toISOString(), data: throughJson(call.data) }
  return { ...call, method: call.method.toUpperCase(), ip: '127.0.0.1' }
}

function invoke(entry: Entry, call: PlatformCall, info: CallInfo): ReturnType<LocalHandler> {
  const { requestId, service, stage, function: name, memoryMb, timeoutSec } = info
  const deadline = Date.now() + timeoutSec * 1000
  const context: LocalContext = { requestId, service, stage, function: name, memoryMb, deadline }
  const work = (entry.handler as unknown as LocalHandler)(eventOf(call, info), context)
  return orTimeout(work, timeoutSec, `function "${name}" took longer than its ${timeoutSec} s`)
}

async function answerOf(reply: Awaited<ReturnType<LocalHandler>>, call: PlatformCall): Promise<Answer> {
  if (reply.kind === 'value') return { kind: 'value', value: throughJson(reply.value) }
  const body =
    call.kind === 'http' && call.method.toUpperCase() === 'HEAD' ? new Uint8Array() : await readBody(reply.body)
  return { kind: 'http', status: reply.status, headers: reply.headers, body }
}

async function readBody(body: LocalHttpReply['body']): Promise<Uint8Array> {
  if (body === null) return new Uint8Array()
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body as string)
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
