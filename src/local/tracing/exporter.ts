export type Attributes = Readonly<Record<string, string | number>>

export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  /** The number that OTLP has for it. */
  readonly kind: number
  /** Milliseconds since 1970, with fractions. */
  readonly startMs: number
  readonly endMs: number
  readonly attributes: Attributes
  readonly isFailed: boolean
  readonly failure?: string
}

export interface Owner {
  readonly service: string
  readonly stage: string
}

const PAUSE_MS = 1000
const SENT_AT_ONCE = 512
/** Beyond it spans are dropped: a collector that is away must not fill the memory. */
const MOST_KEPT = 4096
const SEND_MS = 5000
/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** Sends spans to a collector, some at a time, and never keeps a call waiting. */
export class Exporter {
  readonly #url: string
  readonly #headers: Readonly<Record<string, string>>
  #spans: { readonly owner: Owner; readonly span: Span }[] = []
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> = Promise.resolve()
  #isTold = false

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.#url = url
    this.#headers = headers
  }

  add(owner: Owner, span: Span): void {
    if (this.#spans.length >= MOST_KEPT) return
    this.#spans.push({ owner, span })
    if (this.#spans.length >= SENT_AT_ONCE) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), PAUSE_MS).unref()
  }

  async close(): Promise<void> {
    this.#flush()
    await this.#sending
  }

  // One request at a time.
  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#sending = this.#sending.then(async () => {
      const spans = this.#spans.splice(0)
      if (spans.length > 0) await this.#send(JSON.stringify(requestOf(spans)))
    })
  }

  async #send(body: string, isAgain = false): Promise<void> {
    try {
      const headers = { ...this.#headers, 'content-type': 'application/json' }
      const signal = AbortSignal.timeout(SEND_MS)
      const response = await fetch(this.#url, { method: 'POST', headers, body, signal })
      await response.arrayBuffer()
      if (RETRYABLE.has(response.status) && !isAgain) return await this.#send(body, true)
      this.#tell(response.ok ? undefined : `it answered ${response.status}`)
    } catch (failure) {
      const { message, cause } = failure as Error
      this.#tell(cause instanceof Error ? cause.message : message)
    }
  }

  // Once, until it works again: it would be told every second.
  #tell(why: string | undefined): void {
    if (why !== undefined && !this.#isTold) process.stderr.write(`spans are lost: ${this.#url}: ${why}\n`)
    this.#isTold = why !== undefined
  }
}

function requestOf(all: readonly { readonly owner: Owner; readonly span: Span }[]): object {
  const byOwner = new Map<string, (typeof all)[number][]>()
  for (const one of all) {
    const key = ownerKey(one)
    const same = byOwner.get(key)
    if (same) same.push(one)
    else byOwner.set(key, [one])
  }
  return { resourceSpans: [...byOwner.values()].map(resourceSpans) }
}

function ownerKey({ owner }: { readonly owner: Owner }): string {
  return `${owner.service}.${owner.stage}`
}

function resourceSpans(all: readonly { readonly owner: Owner; readonly span: Span }[]): object {
  const { service = '', stage = '' } = all[0]?.owner ?? {}
  const resource = { 'service.name': service, 'deployment.environment.name': stage, 'process.pid': process.pid }
  return {
    resource: { attributes: attributesOf(resource) },
    scopeSpans: [{ scope: { name: 'anyfaas' }, spans: all.map(({ span }) => wireOf(span)) }],
  }
}

function wireOf({ startMs, endMs, attributes, isFailed, failure, ...span }: Span): object {
  return {
    ...span,
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: nanos(endMs),
    attributes: attributesOf(attributes),
    status: isFailed ? { code: 2, ...(failure !== undefined && { message: failure }) } : {},
  }
}

function attributesOf(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }))
}

// More digits than a number holds.
function nanos(ms: number): string {
  return String(BigInt(Math.round(ms * 1000)) * 1000n)
}
