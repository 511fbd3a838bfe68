import { reasonOf } from './words.ts'

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
