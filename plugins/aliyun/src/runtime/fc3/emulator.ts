import { type CallInfo, type Emulator, type PlatformCall, throughJson } from '@anyfaas/kit'
import { CLIENT, envelopeAnswer, invoke, requestParts, resultOf, triggerEvent } from '../emulation.ts'
import { samples } from '../samples.ts'
import { serverProtocol } from '../server-protocol.ts'

/** Function Compute 3.0: events are bytes, an HTTP trigger's too. */
export const emulator: Emulator = {
  server: serverProtocol,
  kinds: ['http', 'timer', 'event'],
  samples,
  event: eventOf,
  call: async (entry, call, info) => {
    const result = await invoke(entry, eventOf(call, info), info)
    if (call.kind !== 'http') return { kind: 'value', value: resultOf(result) }
    return envelopeAnswer(throughJson(result), call.method.toUpperCase())
  },
}

function eventOf(call: PlatformCall, info: CallInfo): unknown {
  if (call.kind !== 'http') return triggerEvent(call, info)
  const domainPrefix = `${info.function}-abcdefghij`.toLowerCase()
  const domainName = `${domainPrefix}.${info.region}.fcapp.run`
  const { method, path, headers, queryParameters, body, isBase64Encoded } = requestParts(call, domainName)
  return {
    version: 'v1',
    rawPath: path,
    headers,
    queryParameters,
    body,
    isBase64Encoded,
    requestContext: {
      accountId: '1000000000000000',
      domainName,
      domainPrefix,
      requestId: info.requestId,
      time: new Date(info.time).toISOString(),
      timeEpoch: String(info.time),
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: CLIENT, userAgent: headers['User-Agent'] ?? '' },
    },
  }
}
