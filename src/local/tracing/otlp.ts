import { type Attributes, Exporter, type Span } from './exporter.ts'
import { childOf, formatTraceparent, readTraceparent, type TraceContext } from './trace-context.ts'
import type { TracedEvent, TracedRequest, Tracer, Tracing } from './tracer.ts'

// https://github.com/open-telemetry/opentelemetry-proto/blob/v1.5.0/opentelemetry/proto/trace/v1/trace.proto
const INTERNAL = 1
const SERVER = 2
const CONSUMER = 5

/** Spans in the JSON of OTLP over HTTP, and in the words of its semantic conventions. */
export class OtlpTracing implements Tracing {
  readonly #exporter: Exporter

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.#exporter = new Exporter(url, headers)
  }

  of(service: string, stage: string): Tracer {
    return new ServiceTracer((span) => this.#exporter.add({ service, stage }, span))
  }

  async close(): Promise<void> {
    await this.#exporter.close()
  }
}

class ServiceTracer implements Tracer {
  readonly #tell: (span: Span) => void

  constructor(tell: (span: Span) => void) {
    this.#tell = tell
  }

  async request(asked: TracedRequest, work: () => Promise<void>): Promise<void> {
    const { request, response, name } = asked
    const parent = readTraceparent(request.headers['traceparent'])
    const outer = childOf(parent)
    // Whoever asked has decided that this is not recorded; the function still gets what it sent.
    if (!outer.isSampled) return await work()
    const startMs = now()
    response.once('close', () => {
      const attributes = { ...requestAttributes(asked), ...outcomeOf(asked) }
      const label = `${request.method} ${asked.route ?? `/function/${name}`}`
      this.#end({ context: outer, parent, name: label, kind: SERVER, startMs, attributes })
    })
    const inner = childOf(outer)
    replaceHeader(request, formatTraceparent(inner))
    await this.#run({ context: inner, parent: outer, name: `call ${name}`, kind: INTERNAL, function: name }, work)
  }

  async event<T>({ name, kind, trigger }: TracedEvent, work: (traceparent: string) => Promise<T>): Promise<T> {
    const context = childOf(undefined)
    const attributes = { 'faas.trigger': TRIGGERS[kind] ?? 'other', ...(trigger && { 'anyfaas.trigger': trigger }) }
    const span = { context, parent: undefined, name: `${kind} ${name}`, kind: CONSUMER, function: name, attributes }
    return await this.#run(span, () => work(formatTraceparent(context)))
  }

  async #run<T>({ function: name, attributes = {}, ...span }: Running, work: () => Promise<T>): Promise<T> {
    const startMs = now()
    const all = { 'faas.name': name, ...attributes }
    try {
      const result = await work()
      this.#end({ ...span, startMs, attributes: all })
      return result
    } catch (failure) {
      const { kind = 'platform', message } = failure as { kind?: string; message?: string }
      this.#end({ ...span, startMs, attributes: { ...all, 'error.type': kind }, ...(message && { failure: message }) })
      throw failure
    }
  }

  #end({ context, parent, attributes, failure, ...span }: Ended): void {
    const { traceId, spanId } = context
    const isFailed = attributes['error.type'] !== undefined
    this.#tell({
      ...span,
      traceId,
      spanId,
      ...(parent && { parentSpanId: parent.spanId }),
      endMs: now(),
      attributes,
      isFailed,
      ...(failure !== undefined && { failure }),
    })
  }
}

interface Started {
  readonly context: TraceContext
  readonly parent: TraceContext | undefined
  readonly name: string
  readonly kind: number
}

interface Running extends Started {
  readonly function: string
  readonly attributes?: Attributes
}

interface Ended extends Started {
  readonly startMs: number
  readonly attributes: Attributes
  readonly failure?: string
}

const TRIGGERS: Readonly<Record<string, string>> = { timer: 'timer', os: 'datasource', mqtt: 'pubsub', mq: 'pubsub' }

function requestAttributes({ request, route, name }: TracedRequest): Attributes {
  const [path = '/'] = (request.url ?? '/').split('?', 1)
  return {
    'http.request.method': request.method ?? 'GET',
    'url.path': path,
    'url.scheme': 'http',
    'faas.name': name,
    'faas.trigger': 'http',
    ...(route !== undefined && { 'http.route': route }),
  }
}

function outcomeOf({ response, failure }: TracedRequest): Attributes {
  const status = response.headersSent ? response.statusCode : undefined
  const type = failure() ?? (status !== undefined && status >= 500 ? String(status) : undefined)
  return {
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(type !== undefined && { 'error.type': type }),
  }
}

// Handlers get the names and values as they came, servers the record.
function replaceHeader(request: TracedRequest['request'], traceparent: string): void {
  const kept = request.rawHeaders.filter((_, index, all) => all[index - (index % 2)]?.toLowerCase() !== 'traceparent')
  request.rawHeaders = [...kept, 'traceparent', traceparent]
  request.headers['traceparent'] = traceparent
}

function now(): number {
  return performance.timeOrigin + performance.now()
}
