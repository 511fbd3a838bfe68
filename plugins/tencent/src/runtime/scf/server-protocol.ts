import type { ServerProtocol } from '@anyfaas/kit'

/** What SCF tells a web function, which gets requests only. https://cloud.tencent.com/document/product/583/56124 */
export const serverProtocol: ServerProtocol = {
  headers: (_, info) => [
    ['X-Scf-Request-Id', info.requestId],
    ['X-Scf-Memory', String(info.memoryMb)],
    ['X-Scf-Timeout', String(info.timeoutSec)],
    ['X-Scf-Version', '$LATEST'],
    ['X-Scf-Name', info.function],
    ['X-Scf-Namespace', 'default'],
    ['X-Scf-Region', info.region],
    ['X-Scf-Appid', '1250000000'],
    ['X-Scf-Uin', '100000000001'],
  ],
}
