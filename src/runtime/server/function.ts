import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  createApp,
  type EventInput,
  type HttpReply,
  type Input,
  isShape,
  type Loaders,
  type Manifest,
  type Member,
  PlatformRequest,
  readHeaderList,
  splitUrl,
  textOf,
} from '@anyfaas/runtime'
import type { ServerCall } from './call.ts'
import type { ServerHandlers } from './handlers.ts'

export interface FunctionOptions extends Partial<Pick<Member, 'signature' | 'routes'>> {
  /** After which a call is told that it took too long, in seconds; by default a minute. */
  readonly timeoutSec?: number
}

/** What a server needs to answer with a handler as functions on managed runtimes have it: requests by `ctx`, events as CloudEvents. */
export function fromHandler(handler: unknown, options: FunctionOptions = {}): ServerHandlers {
  const { signature = 'context', routes = [], timeoutSec = 60 } = options
  const name = 'server'
  const member: Member = { name, handler: 'handler', signature, routes, triggers: [], timeoutSec }
  const manifest: Manifest = { service: name, stage: 'dev', provider: 'custom', function: name, members: [member] }
  return fromManifest(manifest, { [name]: { handler: async () => ({ handler }) } })
}

/** The same for the functions of an artifact. */
export function fromManifest(manifest: Manifest, loaders: Loaders): Required<Omit<ServerHandlers, 'initialize'>> {
  const app = createApp(manifest, loaders, { env: process.env, development: process.env['NODE_ENV'] === 'development' })
  return {
    request: (request, response, call) =>
      app.http(new ServerHttp(request, call, response), (reply) => write(reply, response)),
    event: (event, call) => app.event(() => [readEvent(event, call)]),
    stop: () => app.close(),
  }
}

class CallInput implements Input {
  readonly event: unknown
  readonly context: ServerCall
  readonly requestId: string
  readonly args: readonly unknown[]
  readonly signal: AbortSignal | undefined
  readonly remainingMs = undefined

  constructor(
    event: unknown,
    call: ServerCall,
    { args = [event, call], signal }: { args?: readonly unknown[]; signal?: AbortSignal } = {},
  ) {
    this.event = event
    this.context = call
    this.requestId = call.requestId
    this.args = args
    this.signal = signal
  }
}

class ServerHttp extends PlatformRequest {
  readonly streaming = true
  readonly #request: IncomingMessage
  #read: Uint8Array | undefined

  constructor(request: IncomingMessage, call: ServerCall, response: ServerResponse) {
    const gone = new AbortController()
    response.once('close', () => response.writableFinished || gone.abort())
    // The third is no callback here: applications that take a `next` answer what they do not know themselves without one.
    const input = new CallInput(request, call, { args: [request, response, undefined], signal: gone.signal })
    super(input, request.method, splitUrl(request.url ?? '/').path)
    this.#request = request
  }

  get query(): string {
    return splitUrl(this.#request.url ?? '/').query
  }

  get ip(): string {
    return this.headers['x-forwarded-for']?.split(',')[0]?.trim() ?? this.#request.socket.remoteAddress ?? ''
  }

  async load(): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of this.#request as AsyncIterable<Buffer>) chunks.push(chunk)
    if (chunks.length > 0) this.#read = Buffer.concat(chunks)
  }

  protected readHeaders(): Record<string, string> {
    const { rawHeaders } = this.#request
    const pairs = Array.from({ length: rawHeaders.length / 2 }, (_, index) =>
      rawHeaders.slice(index * 2, index * 2 + 2),
    )
    return readHeaderList(pairs as [string, string][])
  }

  protected readBody(): Uint8Array | undefined {
    return this.#read
  }
}

async function write({ status, headers, body }: HttpReply, response: ServerResponse): Promise<void> {
  response.writeHead(status, headers)
  if (body === null || typeof body === 'string' || body instanceof Uint8Array) {
    response.end(body ?? undefined)
    return
  }
  // The client sees a cut where the stream breaks; what broke is in the log already.
  await pipeline(Readable.from(body, { objectMode: false }), response).catch(() => response.destroy())
}

// The local platform and brokers send CloudEvents; what a cloud sends is passed on as it is.
function readEvent(event: unknown, call: ServerCall): EventInput {
  const { args, context, requestId, signal, remainingMs } = new CallInput(event, call)
  const input = { args, event, context, requestId, signal, remainingMs }
  if (!isShape(event) || event['specversion'] !== '1.0') return { ...input, kind: 'event', data: event }
  const { id, subject, time, data, ...attributes } = event
  const kind = /^anyfaas\.(\w+)$/.exec(textOf(event['type']) ?? '')?.[1] ?? 'event'
  return { ...input, kind, id: textOf(id), subject: textOf(subject), time: textOf(time), data, attributes }
}
