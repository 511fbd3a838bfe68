// The platform's API as docs/local-api.md has it.

export interface State {
  readonly version: string
  readonly pid: number
  readonly started: string
  readonly services: readonly Service[]
}

export interface Service {
  readonly service: string
  readonly stage: string
  readonly namespace: string
  readonly url: string
  readonly notes: readonly string[]
  readonly functions: readonly Fn[]
}

export interface Fn {
  readonly name: string
  readonly state: string
  readonly description?: string
  readonly routes: readonly { readonly path: string; readonly methods: readonly string[] }[]
  readonly instances: readonly Instance[]
  readonly limits: {
    readonly min: number
    readonly max: number
    readonly instance: number | null
    readonly queue: number
  }
  readonly running: number
  readonly waiting: number
  readonly calls: {
    readonly total: number
    readonly errors: number
    readonly byStatus: Readonly<Record<string, number>>
    readonly byClass: Readonly<Record<string, number>>
  }
  readonly perSec: number
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null
  readonly timers: readonly Timer[]
}

export interface Instance {
  readonly pid?: number
  readonly state: string
  readonly running: number
  readonly calls: number
  readonly started: string
}

export interface Timer {
  readonly name: string
  /** A cron expression, or seconds. */
  readonly schedule: string | number
  readonly timezone: string
  readonly enabled: boolean
  readonly next: string | null
  readonly last: string | null
}

export interface LogLine {
  readonly time: number
  readonly function: string
  readonly stream: 'out' | 'err' | 'sys'
  readonly text: string
  readonly requestId?: string
}

export interface Queue {
  readonly waiting: number
  readonly running: number
  readonly elsewhere: number
  readonly dead: number
  readonly done: number
}

export interface AsyncCall {
  readonly id: string
  readonly service: string
  readonly stage: string
  readonly function: string
  readonly state: 'waiting' | 'running' | 'dead'
  readonly method: string
  readonly path: string
  readonly accepted: string
  readonly attempts: number
  readonly next: string | null
  readonly reason?: string
}

export interface Fired {
  readonly ok: boolean
  readonly durationMs: number
  readonly error?: string
}

/** An answer from 400 on. */
export class ApiError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const TOKEN_KEY = 'anyfaas-token'

/** The token comes behind the `#` of the address, which is never sent, and is kept for this tab alone. */
export function takeToken(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (given) {
    sessionStorage.setItem(TOKEN_KEY, given)
    history.replaceState(undefined, '', location.pathname)
  }
  return sessionStorage.getItem(TOKEN_KEY) ?? ''
}

export function keepToken(token: string): void {
  sessionStorage.setItem(TOKEN_KEY, token)
}

export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('authorization', `Bearer ${takeToken()}`)
  // Otherwise a browser asks for a password by itself when the token is wrong.
  return await fetch(path, { ...init, headers, credentials: 'omit' })
}

/** The JSON of an answer. Throws ApiError. */
export async function ask<T>(path: string, method = 'GET'): Promise<T> {
  const response = await send(path, { method })
  const text = await response.text()
  if (!response.ok) throw new ApiError(response.status, messageIn(text) || `${response.status} ${response.statusText}`)
  return JSON.parse(text) as T
}

export function servicePath(
  { service, stage }: Pick<Service, 'service' | 'stage'>,
  ...rest: readonly string[]
): string {
  return ['/v1/services', service, stage, ...rest]
    .map((part, at) => (at === 0 ? part : encodeURIComponent(part)))
    .join('/')
}

function messageIn(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message ?? '')
  } catch {
    // A proxy's page, or nothing.
    return text.slice(0, 200)
  }
}
