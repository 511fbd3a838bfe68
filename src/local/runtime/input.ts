import {
  type EventInput,
  type Input,
  PlatformRequest,
  parsePayload,
  readHeaderList,
  splitUrl,
  timerData,
} from '@anyfaas/runtime'
import type { LocalContext, LocalEvent, LocalHttpEvent, LocalTriggerEvent } from './protocol.ts'

/** What every call of the local platform has. */
export class LocalCall implements Input {
  /** Absent when the platform only initializes. */
  readonly event: LocalEvent | undefined
  readonly context: LocalContext

  constructor(event: LocalEvent | undefined, context: LocalContext) {
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

  get signal(): AbortSignal | undefined {
    return this.context.signal
  }
}

export class LocalHttp extends PlatformRequest {
  readonly streaming: boolean
  private readonly sent: LocalHttpEvent

  constructor(event: LocalHttpEvent, context: LocalContext) {
    super(new LocalCall(event, context), event.method, splitUrl(event.url).path)
    this.sent = event
    this.streaming = true
  }

  get query(): string {
    return splitUrl(this.sent.url).query
  }

  get ip(): string {
    return this.sent.ip
  }

  protected readHeaders(): Record<string, string> {
    const headers = readHeaderList(this.sent.headers)
    // Where nothing is said, a request counts as encrypted; this machine's own are not.
    headers['x-forwarded-proto'] ??= 'http'
    return headers
  }

  protected readBody(): Uint8Array | undefined {
    return this.sent.body
  }
}

/** The local platform's events have the service file's own words already; a timer brings its payload. */
export function readLocalEvent(event: LocalTriggerEvent, context: LocalContext): EventInput {
  const { kind, id, trigger, time, traceparent } = event
  const data = kind === 'timer' ? timerData(trigger, time, parsePayload(event.data)) : event.data
  const { args, requestId, remainingMs, signal } = new LocalCall(event, context)
  // https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/distributed-tracing.md
  const attributes = traceparent === undefined ? {} : { attributes: { traceparent } }
  return { args, event, context, requestId, remainingMs, signal, kind, trigger, id, time, data, ...attributes }
}
