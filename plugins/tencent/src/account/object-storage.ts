import { createHash, createHmac } from 'node:crypto'
import { request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { type Asking, clock, Patience } from '@anyfaas/kit'
import { agentFor } from './agents.ts'
import { describeSilence, isPassing, isThrottled, refuse } from './failures.ts'
import type { ApiConfig } from './sdk.ts'

export interface StorageRequest {
  readonly method: 'PUT' | 'HEAD' | 'DELETE'
  /** With its APPID. */
  readonly bucket: string
  /** With its slash, plain: letters, digits and `/ - _ .` only. */
  readonly path: string
  /** A part of the bucket that is meant, such as `lifecycle`. */
  readonly part?: string
  readonly body?: Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** Does one call of the object storage; its status. It has a protocol of its own, which the vendor's common library lacks. */
export async function callStorage(
  call: StorageRequest,
  config: ApiConfig,
  { signal, patience }: { readonly signal: AbortSignal; readonly patience: Patience },
): Promise<number> {
  try {
    return await patience.read('cos', () => once(call, config, signal), signal)
  } catch (error) {
    throw refuse(`bucket ${call.bucket}`, error)
  }
}

/** Calls of the storage are repeated when there were too many as well. */
export function storagePatience(asking?: Asking): Patience {
  const retryable = (error: unknown): boolean => isPassing(error) || isThrottled(error)
  return new Patience({ retryable, describe: describeSilence, clock, asking })
}

export interface Signing {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  /** Seconds since 1970, from and until: `1557989151;1557996351`. */
  readonly time: string
}

/** The `Authorization` of a request. https://cloud.tencent.com/document/product/436/7778 */
export function signStorage(
  { method, path, query = {}, headers, time }: Signing,
  { secretId, secretKey }: ApiConfig['credentials'],
): string {
  const [parameters, parameterNames] = listed(query)
  const [fields, fieldNames] = listed(headers)
  const text = [method.toLowerCase(), path, parameters, fields, ''].join('\n')
  const toSign = ['sha1', time, createHash('sha1').update(text).digest('hex'), ''].join('\n')
  const signature = hmac(hmac(secretKey, time), toSign)
  return [
    ...['q-sign-algorithm=sha1', `q-ak=${secretId}`, `q-sign-time=${time}`, `q-key-time=${time}`],
    ...[`q-header-list=${fieldNames}`, `q-url-param-list=${parameterNames}`, `q-signature=${signature}`],
  ].join('&')
}

async function once(call: StorageRequest, config: ApiConfig, signal: AbortSignal): Promise<number> {
  const { method, bucket, path, part, body } = call
  const host = `${bucket}.cos.${config.region}.myqcloud.com`
  const { token } = config.credentials
  const signed = { host, ...call.headers, ...(token && { 'x-cos-security-token': token }) }
  const query = part === undefined ? {} : { [part]: '' }
  const now = Math.floor(Date.now() / 1000)
  const signing = { method, path, query, headers: signed, time: `${now - 60};${now + LASTS_SEC}` }
  const { protocol, hostname, port } = new URL(config.endpoint ?? `https://${host}`)
  const options = {
    ...{ method, hostname, port, path: part === undefined ? path : `${path}?${part}`, signal },
    agent: protocol === 'http:' ? PLAIN : SECURE,
    headers: {
      ...signed,
      'content-length': body?.length ?? 0,
      authorization: signStorage(signing, config.credentials),
    },
  }
  return await new Promise((resolve, reject) => {
    const sent = (protocol === 'http:' ? overHttp : overHttps)(options, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.once('error', (error) => reject(transport(error)))
      answer.once('end', () => {
        const status = answer.statusCode ?? 0
        if (status < 300) resolve(status)
        else reject(failure(status, Buffer.concat(chunks).toString()))
      })
    })
    sent.once('error', (error) => reject(transport(error)))
    sent.end(body)
  })
}

const LASTS_SEC = 3600
const PLAIN = agentFor('http:')
const SECURE = agentFor('https:')

// In the shape of the vendor's own library, so that one reader understands both.
function failure(httpCode: number, xml: string): Error {
  const told = (name: string): string | undefined => new RegExp(`<${name}>([^<]*)`).exec(xml)?.[1]
  // An answer to HEAD says no more than its status.
  const code = told('Code') ?? (httpCode === 404 ? 'ResourceNotFound.Bucket' : `HTTP${httpCode}`)
  const message = told('Message') ?? `status ${httpCode}`
  return Object.assign(new Error(message), { httpCode, code, requestId: told('RequestId'), traceId: '' })
}

function transport(error: Error): Error {
  return Object.assign(error, { code: undefined, message: `network: ${error.message}`, traceId: '' })
}

function listed(values: Readonly<Record<string, string>>): readonly [string, string] {
  const all = Object.entries(values)
    .map(([name, value]) => [encode(name).toLowerCase(), encode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return [all.map(([name, value]) => `${name}=${value}`).join('&'), all.map(([name]) => name).join(';')]
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

function hmac(key: string, text: string): string {
  return createHmac('sha1', key).update(text).digest('hex')
}
