import type { ServerProtocol } from '@anyfaas/kit'

/** What Function Compute tells a custom runtime. https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/principles */
export const serverProtocol: ServerProtocol = {
  eventPath: '/invoke',
  headers: (call, info) => [
    ['x-fc-request-id', info.requestId],
    ['x-fc-control-path', call.kind === 'http' ? '/http-invoke' : '/invoke'],
    ['x-fc-function-name', info.function],
    ['x-fc-function-handler', 'handler'],
    ['x-fc-function-memory', String(info.memoryMb)],
    ['x-fc-function-timeout', String(info.timeoutSec)],
    ['x-fc-region', info.region],
    ['x-fc-account-id', '1000000000000000'],
    ['x-fc-qualifier', 'LATEST'],
    ['x-fc-version-id', ''],
    ...(call.kind === 'http' ? [] : [['content-type', 'application/octet-stream'] as const]),
  ],
}
