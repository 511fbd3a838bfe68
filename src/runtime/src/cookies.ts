import { appendHeader } from './append.ts'
import type { HeaderMap } from './input.ts'
import type { HttpRequest } from './request.ts'

export interface CookieOptions {
  /** Milliseconds. */
  readonly maxAge?: number
  readonly expires?: Date
  readonly path?: string
  readonly domain?: string
  readonly httpOnly?: boolean
  readonly secure?: boolean
  readonly sameSite?: 'strict' | 'lax' | 'none' | boolean
  readonly partitioned?: boolean
}

/** `ctx.cookies`. */
export interface Cookies {
  /** A cookie of the request, decoded. */
  get(name: string): string | undefined
  /** Adds a cookie to the answer: path `/` and `httpOnly` when the options say nothing else. `null` deletes it. */
  set(name: string, value: string | null, options?: CookieOptions): this
}

/** Reads the cookies of a request, and writes those of its answer among `headers`. */
export function makeCookies(request: HttpRequest, headers: HeaderMap): Cookies {
  return {
    get: (name) => request.cookies[name],
    set(name, value, options = {}) {
      appendHeader(headers, 'set-cookie', writeCookie(name, value, options))
      return this
    },
  }
}

/** The text of a `set-cookie` header. Throws a TypeError for a name or an attribute that a cookie cannot have. */
export function writeCookie(name: string, value: string | null, options: CookieOptions): string {
  if (!NAME.test(name)) throw new TypeError(`${JSON.stringify(name)} cannot be the name of a cookie`)
  const parts = [`${name}=${value === null ? '' : encodeURIComponent(value)}`]
  const expires = value === null ? new Date(0) : options.expires
  if (options.maxAge !== undefined && value !== null) parts.push(`Max-Age=${Math.floor(options.maxAge / 1000)}`)
  if (expires) parts.push(`Expires=${expires.toUTCString()}`)
  if (options.domain) parts.push(`Domain=${attribute(options.domain)}`)
  parts.push(`Path=${attribute(options.path ?? '/')}`)
  if (options.sameSite) parts.push(`SameSite=${sameSite(options.sameSite)}`)
  if (options.secure) parts.push('Secure')
  if (options.httpOnly ?? true) parts.push('HttpOnly')
  if (options.partitioned) parts.push('Partitioned')
  return parts.join('; ')
}

function sameSite(value: 'strict' | 'lax' | 'none' | true): string {
  if (value === true) return 'Strict'
  return attribute(value).replace(/^./, (letter) => letter.toUpperCase())
}

function attribute(text: string): string {
  if (text.includes(';')) throw new TypeError(`${JSON.stringify(text)} cannot be an attribute of a cookie`)
  return text
}

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
