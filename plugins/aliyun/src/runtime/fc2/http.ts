import type { Readable } from 'node:stream'
import { type HttpReply, PlatformRequest, readHeaders, splitUrl, textOf, writeQuery } from '@anyfaas/runtime'
import { FcCall } from '../call.ts'
import { readableOf, readStream } from './node-stream.ts'

/** The `req` of an HTTP trigger: a stream with fields. https://help.aliyun.com/document_detail/74757.html */
export interface FcRequest {
  readonly method?: unknown
  readonly path?: unknown
  readonly url?: unknown
  readonly queries?: unknown
  readonly headers?: unknown
  readonly clientIP?: unknown
  /** Newer versions of the platform have read the stream already. */
  readonly body?: unknown
  on?(event: string, listener: (value: unknown) => void): unknown
}

export interface FcResponse {
  setStatusCode(status: number): void
  setHeader(name: string, value: string | string[]): void
  send(body: string | Buffer | Readable): void
}

export class StreamHttp extends PlatformRequest {
  readonly streaming: boolean
  private readonly request: FcRequest
  private bytes: string | Uint8Array | undefined

  constructor(request: FcRequest, response: unknown, context: unknown) {
    super(new HttpTriggerCall(request, response, context), request.method, request.path)
    this.request = request
    this.streaming = true
    this.bytes = undefined
  }

  get query(): string {
    const url = textOf(this.request.url) ?? ''
    return url.includes('?') ? splitUrl(url).query : writeQuery(this.request.queries)
  }

  get ip(): string {
    return textOf(this.request.clientIP) ?? ''
  }

  async load(): Promise<void> {
    const { body } = this.request
    this.bytes = typeof body === 'string' || body instanceof Uint8Array ? body : await readStream(this.request)
  }

  protected readHeaders(): Record<string, string> {
    return readHeaders(this.request.headers)
  }

  protected readBody(): string | Uint8Array | undefined {
    return this.bytes
  }
}

class HttpTriggerCall extends FcCall {
  private readonly response: unknown

  constructor(request: unknown, response: unknown, context: unknown) {
    super(request, context)
    this.response = response
  }

  override get args(): readonly unknown[] {
    return [this.event, this.response, this.context]
  }
}

/** An event handler is called with bytes and a callback in these places. */
export function isStreamHttp(request: unknown, response: unknown): request is FcRequest {
  return (
    typeof response === 'object' &&
    response !== null &&
    typeof (response as Partial<FcResponse>).send === 'function' &&
    typeof request === 'object' &&
    request !== null &&
    !(request instanceof Uint8Array)
  )
}

export function sendReply({ status, headers, body }: HttpReply, response: FcResponse): void {
  response.setStatusCode(status)
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (body === null || typeof body === 'string') response.send(body ?? '')
  else if (body instanceof Uint8Array) response.send(Buffer.from(body.buffer, body.byteOffset, body.byteLength))
  else response.send(readableOf(body))
}
