import type { IncomingHttpHeaders } from 'node:http'
import { CONTEXT, CREDENTIALS, FIELDS } from './headers.ts'

/** What the platform says of a call. What it does not say is undefined. */
export interface ServerCall {
  readonly requestId: string
  readonly function?: string
  readonly region?: string
  readonly memoryMb?: number
  readonly timeoutSec?: number
  readonly accountId?: string
  readonly credentials?: Credentials
  /** As they came. */
  readonly headers: IncomingHttpHeaders
}

/** Temporary keys of the function's role. */
export interface Credentials {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken: string
}

/** Reads a call from its headers, whichever platform sent them. */
export function readCall(headers: IncomingHttpHeaders): ServerCall {
  const context = contextIn(headers)
  const field = (name: keyof typeof FIELDS) => FIELDS[name].map((header) => textOf(headers[header])).find(Boolean)
  const found = {
    function:
      field('function') ?? textOf((context['env_config'] as { function_name?: unknown } | undefined)?.function_name),
    region: field('region'),
    memoryMb: numberOf(field('memoryMb')),
    timeoutSec: numberOf(field('timeoutSec')),
    accountId: field('accountId'),
    credentials: credentialsIn(headers),
  }
  const known = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
  return { requestId: field('requestId') ?? textOf(context['request_id']) ?? '', ...known, headers }
}

function credentialsIn(headers: IncomingHttpHeaders): Credentials | undefined {
  const [accessKeyId, accessKeySecret] = [textOf(headers[CREDENTIALS.id]), textOf(headers[CREDENTIALS.secret])]
  if (accessKeyId === undefined || accessKeySecret === undefined) return undefined
  return { accessKeyId, accessKeySecret, securityToken: textOf(headers[CREDENTIALS.token]) ?? '' }
}

function contextIn(headers: IncomingHttpHeaders): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(textOf(headers[CONTEXT]) ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    // Anybody can send such a header where the platform sends none.
    return {}
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function numberOf(value: string | undefined): number | undefined {
  return value === undefined || Number.isNaN(Number(value)) ? undefined : Number(value)
}
