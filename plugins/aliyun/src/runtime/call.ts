import { asLogger, type Input, type Logger, shapeOf } from '@anyfaas/runtime'

/** What every invocation of Function Compute has. https://help.aliyun.com/document_detail/74757.html */
export class FcCall implements Input {
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
    return String(shapeOf(this.context)['requestId'] ?? '')
  }

  get remainingMs(): number | undefined {
    const timeoutSec = Number(shapeOf(shapeOf(this.context)['function'])['timeout'])
    return timeoutSec > 0 ? timeoutSec * 1000 : undefined
  }

  get logger(): Logger | undefined {
    return asLogger(shapeOf(this.context)['logger'])
  }
}

/** The event as a value: Function Compute hands over bytes. Text that is not JSON stays text, what is not text stays bytes. */
export function parseEvent(event: unknown): unknown {
  if (!(event instanceof Uint8Array)) return event
  const bytes = Buffer.isBuffer(event) ? event : Buffer.from(event)
  // To name the encoding would cost a search for it.
  const text = bytes.toString()
  try {
    return JSON.parse(text)
  } catch {
    return Buffer.from(text).equals(bytes) ? text : event
  }
}

type Callback = (error: unknown, result?: unknown) => void

/** Answers by the callback where the platform gives one: every version of its Node.js runtimes understands that. */
export function answer(work: Promise<unknown>, callback: unknown): Promise<unknown> | undefined {
  if (typeof callback !== 'function') return work
  const done = callback as Callback
  work.then(
    (result) => done(null, result),
    (error) => done(error),
  )
  return undefined
}
