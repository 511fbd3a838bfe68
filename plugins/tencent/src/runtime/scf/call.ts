import { type Input, shapeOf } from '@anyfaas/runtime'

/** What every SCF invocation has. https://cloud.tencent.com/document/product/583/9210 */
export class ScfCall implements Input {
  readonly event: unknown
  readonly context: unknown

  constructor(event: unknown, context: unknown) {
    this.event = event
    this.context = context
  }

  get args(): readonly unknown[] {
    return [this.event, this.context]
  }

  get requestId(): string {
    return String(shapeOf(this.context)['request_id'] ?? '')
  }

  get remainingMs(): number | undefined {
    const limit = Number(shapeOf(this.context)['time_limit_in_ms'])
    return limit > 0 ? limit : undefined
  }
}
