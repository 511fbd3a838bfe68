import { createHash, createHmac } from 'node:crypto'
import type { WireRequest } from '../emulator.ts'

/**
 * What is wrong with the TC3-HMAC-SHA256 signature of a request; undefined when it is right. The service is that of the
 * credential's scope: the vendor's library takes it from the host name, which is a number here.
 * https://cloud.tencent.com/document/api/213/30654
 */
export function checkSignature(request: WireRequest, keys: ReadonlyMap<string, string>): string | undefined {
  const { authorization = '', host = '' } = request.headers
  const match =
    /^TC3-HMAC-SHA256 Credential=([^/]+)\/([^/]+)\/([^/]+)\/tc3_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(
      authorization,
    )
  if (!match) return 'AuthFailure.InvalidAuthorization'
  const [, id = '', date = '', service = '', names = '', signature] = match
  const secret = keys.get(id)
  if (secret === undefined) return 'AuthFailure.SecretIdNotFound'
  const timestamp = request.headers['x-tc-timestamp'] ?? ''
  if (Math.abs(request.atMs / 1000 - Number(timestamp)) > 300) return 'AuthFailure.SignatureExpire'
  // The library signs the host without its port.
  const values: Record<string, string> = { ...request.headers, host: host.replace(/:\d+$/, '') }
  const signed = names.split(';').map((name) => `${name}:${(values[name] ?? '').trim().toLowerCase()}\n`)
  const canonical = [request.method, request.path, '', signed.join(''), names, sha256(request.body)].join('\n')
  const scope = `${date}/${service}/tc3_request`
  const text = ['TC3-HMAC-SHA256', timestamp, scope, sha256(canonical)].join('\n')
  const key = [date, service, 'tc3_request'].reduce<string | Buffer>(hmac, `TC3${secret}`)
  return hmac(key, text).toString('hex') === signature ? undefined : 'AuthFailure.SignatureFailure'
}

function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
