import type { HttpReply } from './input.ts'
import { TEXT } from './media.ts'
import type { HttpResponse } from './response.ts'
import { statusOf } from './thrown.ts'
import { reasonOf } from './words.ts'

export interface FailureOptions {
  /** The client is a developer: it gets the stack. */
  readonly development: boolean
  readonly method: string
}

/**
 * The answer to an error. Headers set so far stay, except those of the body that was not sent. The message of a
 * status below 500 is for the client.
 */
export function failWith(response: HttpResponse, error: Error, options: FailureOptions): HttpReply {
  const status = statusOf(error)
  for (const name in response.headers) if (name.startsWith('content-')) response.remove(name)
  const { headers, expose } = error as { headers?: unknown; expose?: unknown }
  if (isHeaders(headers)) response.set(headers)
  response.type = TEXT
  const isPublic = expose === undefined ? status < 500 : expose === true
  const body = options.development && status >= 500 ? stackOf(error) : isPublic ? error.message : reasonOf(status)
  return { kind: 'http', status, headers: response.headers, body: options.method === 'HEAD' ? null : String(body) }
}

// What an error brings along must not become a second error.
function isHeaders(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).every(
    ([name, text]) => /^[\w-]+$/.test(name) && typeof text === 'string' && /^[\x20-\x7e]*$/.test(text),
  )
}

function stackOf(error: Error): string {
  const { cause } = error as { cause?: unknown }
  const own = error.stack ?? String(error)
  return cause instanceof Error ? `${own}\ncaused by: ${stackOf(cause)}` : own
}
