import { type Emulator, type HttpCall, throughJson } from '@anyfaas/kit'
import { CLIENT, envelopeAnswer, invoke, requestParts } from './emulation.ts'

/** The API gateway in front of a function of either edition. */
export const gatewayEmulator: Emulator = {
  kinds: ['http'],
  event: (call) => eventOf(call as HttpCall),
  call: async (entry, call, info) => {
    const result = await invoke(entry, eventOf(call as HttpCall), info)
    return envelopeAnswer(throughJson(result), (call as HttpCall).method.toUpperCase())
  },
}

function eventOf(call: HttpCall): object {
  const { method, path, headers, queryParameters, body, isBase64Encoded } = requestParts(
    call,
    'abcdef-cn-hangzhou.alicloudapi.com',
  )
  return {
    path,
    httpMethod: method,
    headers,
    queryParameters,
    pathParameters: {},
    clientIP: CLIENT,
    body,
    isBase64Encoded,
  }
}
