import { createHash, createHmac } from 'node:crypto'
import type { WireRequest } from '../emulator.ts'

/**
 * What is wrong with the AWS4-HMAC-SHA256 signature of a request; undefined when it is right.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function checkSignature(request: WireRequest, keys: ReadonlyMap<string, string>): string | undefined {
  const { authorization = '', 'x-amz-date': date = '' } = request.headers
  const match = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+), SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
    authorization,
  )
  const [, id = '', scope = '', names = '', signature] = match ?? []
  const secret = keys.get(id)
  if (secret === undefined) return 'InvalidClientTokenId'
  const [day = '', region = '', service = ''] = scope.split('/')
  const hash = request.headers['x-amz-content-sha256'] ?? sha256(request.body)
  if (hash !== 'UNSIGNED-PAYLOAD' && hash !== sha256(request.body)) return 'SignatureDoesNotMatch'
  const headers = names
    .split(';')
    .map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`)
  const canonical = [request.method, pathOf(request, service), queryOf(request), headers.join(''), names, hash].join(
    '\n',
  )
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (so, part) => createHmac('sha256', so).update(part).digest(),
    `AWS4${secret}`,
  )
  return createHmac('sha256', key).update(text).digest('hex') === signature ? undefined : 'SignatureDoesNotMatch'
}

// All services but S3 sign the path encoded once more.
function pathOf({ url }: WireRequest, service: string): string {
  const path = url.split('?')[0] ?? '/'
  return service === 's3' ? path : path.split('/').map(encode).join('/')
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

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}
