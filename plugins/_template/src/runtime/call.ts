import { fromBase64, type Input, PlatformRequest, splitUrl } from '@anyfaas/runtime'
import type { PlatformContext, PlatformEvent, RequestEvent } from './events.ts'

/** What every call of the platform has. */
export class TemplateCall implements Input {
  readonly event: PlatformEvent
  readonly context: PlatformContext

  constructor(event: PlatformEvent, context: PlatformContext) {
    this.event = event
    this.context = context
  }

  get args(): readonly unknown[] {
    return [this.event, this.context]
  }

  get requestId(): string {
    return this.context.requestId
  }

  get remainingMs(): number {
    return this.context.deadline - Date.now()
  }
}

/** A request: read when it is asked for. */
export class TemplateRequest extends PlatformRequest {
  readonly #event: RequestEvent

  constructor(event: RequestEvent, context: PlatformContext) {
    super(new TemplateCall(event, context), event.method, splitUrl(event.url).path)
    this.#event = event
  }

  get query(): string {
    return splitUrl(this.#event.url).query
  }

  get ip(): string {
    return this.#event.ip
  }

  protected readHeaders(): Readonly<Record<string, string>> {
    return this.#event.headers
  }

  protected readBody(): Uint8Array | undefined {
    return this.#event.body === undefined ? undefined : fromBase64(this.#event.body)
  }
}
