import { createHash, createHmac } from 'node:crypto'
import type { WireRequest } from '../emulator.ts'

/**
 * What is wrong with the ACS3-HMAC-SHA256 signature of a request; undefined when it is right.
 * https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 */
export function checkSignature(request: WireRequest, keys: ReadonlyMap<string, string>): string | undefined {
  const { authorization = '' } = request.headers
  const match = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=(\w+)$/.exec(authorization)
  const [, id = '', names = '', signature] = match ?? []
  const secret = keys.get(id)
  if (secret === undefined) return 'InvalidAccessKeyID'
  const signedAt = Date.parse(request.headers['x-acs-date'] ?? '')
  if (!(Math.abs(request.atMs - signedAt) <= BEARS_MS)) return EXPIRED
  const hash = createHash('sha256').update(request.body).digest('hex')
  if (request.headers['x-acs-content-sha256'] !== hash) return 'SignatureNotMatch'
  const signed = names.split(';').map((name) => `${name}:${(request.headers[name] ?? '').trim()}\n`)
  const canonical = [request.method, pathOf(request), queryOf(request), signed.join(''), names, hash].join('\n')
  const text = `ACS3-HMAC-SHA256\n${createHash('sha256').update(canonical).digest('hex')}`
  return createHmac('sha256', secret).update(text).digest('hex') === signature ? undefined : 'SignatureNotMatch'
}

/** The status with which a request is refused for what is wrong. */
export function statusOf(problem: string): number {
  return problem === EXPIRED ? 400 : 403
}

const EXPIRED = 'InvalidTimeStamp.Expired'
const BEARS_MS = 15 * 60_000

function pathOf({ url }: WireRequest): string {
  return url.split('?')[0] ?? '/'
}

function queryOf({ query }: WireRequest): string {
  return [...query]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
}
