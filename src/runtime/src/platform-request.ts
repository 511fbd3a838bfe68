import { type Bytes, fromBase64 } from './bytes.ts'
import type { HttpInput, Input } from './input.ts'
import type { Logger } from './logger.ts'
import { type Shape, textOf } from './shape.ts'

/** The common part of every platform's request: what is read is read once, and only when it is asked for. */
export abstract class PlatformRequest implements HttpInput {
  readonly method: string
  readonly path: string
  private readonly call: Input
  private knownHeaders: Readonly<Record<string, string>> | undefined
  private knownBody: { readonly value: string | Uint8Array | undefined } | undefined

  /** Method and path may be anything that a platform, or somebody who plays one, sends. */
  constructor(call: Input, method: unknown, path: unknown) {
    this.call = call
    this.knownHeaders = undefined
    this.knownBody = undefined
    this.method = method === 'GET' || method === 'POST' ? method : (textOf(method) ?? 'GET').toUpperCase()
    this.path = textOf(path) ?? '/'
  }

  abstract get query(): string
  abstract get ip(): string
  protected abstract readHeaders(): Readonly<Record<string, string>>
  protected abstract readBody(): string | Uint8Array | undefined

  get headers(): Readonly<Record<string, string>> {
    this.knownHeaders ??= this.readHeaders()
    return this.knownHeaders
  }

  get body(): string | Uint8Array | undefined {
    this.knownBody ??= { value: this.readBody() }
    return this.knownBody.value
  }

  get args(): readonly unknown[] {
    return this.call.args
  }

  get event(): unknown {
    return this.call.event
  }

  get context(): unknown {
    return this.call.context
  }

  get requestId(): string {
    return this.call.requestId
  }

  get remainingMs(): number | undefined {
    return this.call.remainingMs
  }

  get logger(): Logger | undefined {
    return this.call.logger
  }

  get signal(): AbortSignal | undefined {
    return this.call.signal
  }
}

/** A body that came inside an event: base64 where the event says so. */
export function bodyOf({ body, isBase64Encoded }: Shape): string | Bytes | undefined {
  if (typeof body !== 'string') return body === undefined || body === null ? undefined : JSON.stringify(body)
  return isBase64Encoded === true || isBase64Encoded === 'true' ? fromBase64(body) : body
}
