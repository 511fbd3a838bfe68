import { describe, reasonOf } from './words.ts'

/** An error that knows its HTTP status. Its message reaches the client when the status is below 500. */
export class HttpError extends Error {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>

  constructor(status: number, message = reasonOf(status), headers?: Readonly<Record<string, string>>) {
    super(message)
    this.name = 'HttpError'
    this.status = status
    if (headers) this.headers = headers
  }
}

/** Anything can be thrown; an Error is what logs and platforms understand. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]') return thrown as Error
  return new Error(`the handler threw ${describe(thrown)} instead of an error`, { cause: thrown })
}

/** The status that an error asks for by `status` or `statusCode`; 500 when it asks for none. */
export function statusOf(error: Error): number {
  const { status, statusCode } = error as { status?: unknown; statusCode?: unknown }
  const asked = typeof status === 'number' ? status : statusCode
  return typeof asked === 'number' && Number.isInteger(asked) && asked >= 400 && asked <= 599 ? asked : 500
}
