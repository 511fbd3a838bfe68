import { createHash, createHmac } from 'node:crypto'
import type { Headers } from './sdk.ts'

/** What three older services of the vendor sign: each with names of its own. */
export interface Signable {
  readonly method: string
  /** Lower-case names. */
  readonly headers: Headers
  /** The path as it is signed, with the query where the service signs that. */
  readonly resource: string
}

/**
 * `authorization` of Function Compute 2016-08-15. Under `/proxy/` the query is signed too: a line each, sorted, after the path.
 * https://www.alibabacloud.com/help/en/functioncompute/fc-2-0/developer-reference/signature-authentication
 */
export function signFunctions(key: Key, { method, headers, resource }: Signable): string {
  const text = `${firstLines(method, headers)}${canonical(headers, /^x-fc-/)}${resource}`
  return `FC ${key.id}:${createHmac('sha256', key.secret).update(text).digest('base64')}`
}

/** `authorization` of the object store, version 1. https://www.alibabacloud.com/help/en/oss/developer-reference/include-signatures-in-the-authorization-header */
export function signObjects(key: Key, { method, headers, resource }: Signable): string {
  const text = `${firstLines(method, headers)}${canonical(headers, /^x-oss-/)}${resource}`
  return `OSS ${key.id}:${createHmac('sha1', key.secret).update(text).digest('base64')}`
}

/** `authorization` of the log service. https://www.alibabacloud.com/help/en/sls/developer-reference/request-signatures */
export function signLogs(key: Key, { method, headers, resource }: Signable): string {
  const text = `${firstLines(method, headers)}${canonical(headers, /^x-(log|acs)-/)}${resource}`
  return `LOG ${key.id}:${createHmac('sha1', key.secret).update(text).digest('base64')}`
}

export interface Key {
  readonly id: string
  readonly secret: string
}

export function md5(bytes: Buffer, encoding: 'hex' | 'base64'): string {
  return createHash('md5').update(bytes).digest(encoding)
}

function firstLines(method: string, headers: Headers): string {
  return `${[method, headers['content-md5'] ?? '', headers['content-type'] ?? '', headers['date']].join('\n')}\n`
}

function canonical(headers: Headers, ours: RegExp): string {
  const names = Object.keys(headers).filter((name) => ours.test(name))
  return names
    .sort()
    .map((name) => `${name}:${headers[name]}\n`)
    .join('')
}
