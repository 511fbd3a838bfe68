import { createHash, createHmac } from 'node:crypto'
import type { WireRequest } from '../emulator.ts'

export interface SignatureProblem {
  readonly code: string
  readonly message: string
}

/**
 * What is wrong with the AWS4-HMAC-SHA256 signature of a request at a time in milliseconds since 1970; undefined when it is right.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function checkSignature(
  request: WireRequest,
  keys: ReadonlyMap<string, string>,
  now: number,
): SignatureProblem | undefined {
  const { authorization = '', 'x-amz-date': date = '' } = request.headers
  const match = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+), SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
    authorization,
  )
  const [, id = '', scope = '', names = '', signature] = match ?? []
  const secret = keys.get(id)
  if (secret === undefined) return UNKNOWN
  const [day = '', region = '', service = ''] = scope.split('/')
  const told = request.headers['x-amz-content-sha256']
  const hash = told === 'UNSIGNED-PAYLOAD' ? told : sha256(request.body)
  if (told !== undefined && told !== hash) return WRONG
  const headers = names
    .split(';')
    .map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`)
  const canonical = [request.method, pathOf(request, service), queryOf(request), headers.join(''), names, hash].join(
    '\n',
  )
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`
  if (
    createHmac('sha256', keyOf(secret, day, region, service))
      .update(text)
      .digest('hex') !== signature
  )
    return WRONG
  return isTimely(service, date, now) ? undefined : untimely(service, date, now)
}

const derived = new Map<string, string | Buffer>()

function keyOf(secret: string, ...scope: readonly string[]): string | Buffer {
  const whole = [secret, ...scope].join('/')
  const made =
    derived.get(whole) ??
    [...scope, 'aws4_request'].reduce<string | Buffer>(
      (so, part) => createHmac('sha256', so).update(part).digest(),
      `AWS4${secret}`,
    )
  derived.set(whole, made)
  return made
}

const UNKNOWN = {
  code: 'InvalidClientTokenId',
  message: 'The security token included in the request is invalid.',
}
const WRONG = {
  code: 'SignatureDoesNotMatch',
  message: 'The request signature we calculated does not match the signature you provided.',
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
const BEARS_MS = 5 * 60_000
const BUCKETS_BEAR_MS = 15 * 60_000

// `20260102T030405Z`
function isTimely(service: string, date: string, now: number): boolean {
  const signed = Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'))
  return Math.abs(now - signed) <= (service === 's3' ? BUCKETS_BEAR_MS : BEARS_MS)
}

function untimely(service: string, date: string, now: number): SignatureProblem {
  if (service === 's3')
    return {
      code: 'RequestTimeTooSkewed',
      message: 'The difference between the request time and the current time is too large.',
    }
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  const message =
    date < time ? `Signature expired: ${date} is now earlier than ${time}` : `Signature not yet current: ${date}`
  return { code: service === 'lambda' ? 'InvalidSignatureException' : 'SignatureDoesNotMatch', message }
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
