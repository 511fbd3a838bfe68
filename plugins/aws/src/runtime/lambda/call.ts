import { type Input, isShape, shapeOf } from '@anyfaas/runtime'

/** What every Lambda invocation has. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export class LambdaCall implements Input {
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
    return String(shapeOf(this.context)['awsRequestId'] ?? '')
  }

  get remainingMs(): number | undefined {
    if (!isShape(this.context)) return undefined
    const { getRemainingTimeInMillis: ask } = this.context as { getRemainingTimeInMillis?: unknown }
    const remaining: unknown = typeof ask === 'function' ? ask.call(this.context) : undefined
    return typeof remaining === 'number' && Number.isFinite(remaining) ? remaining : undefined
  }
}
