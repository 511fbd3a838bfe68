import type { LocalContext, LocalEntry, LocalEvent, LocalReply } from '../runtime/protocol.ts'
import type { EventCallMessage, FromWorker, HttpCallMessage } from '../wire/wire.ts'
import { describeError } from './error.ts'
import { logUnseen } from './looked.ts'
import { Outflow } from './outflow.ts'

/** A call that the function works on. */
export class RunningCall {
  readonly #message: HttpCallMessage | EventCallMessage
  readonly #context: CallContext
  readonly #send: (message: FromWorker) => void
  #outflow: Outflow | undefined
  #isCancelled = false

  constructor(message: HttpCallMessage | EventCallMessage, base: LocalContext, send: (message: FromWorker) => void) {
    this.#message = message
    this.#context = new CallContext(base, message)
    this.#send = send
  }

  get id(): number {
    return this.#message.id
  }

  /** Sends the answer, or how it failed; `end` is told when nothing more will be sent. */
  async run(entry: LocalEntry, end: (id: number) => void): Promise<void> {
    const { id } = this.#message
    try {
      await this.#answer(await entry.handler(eventOf(this.#message), this.#context))
    } catch (error) {
      logUnseen(error, this.#context.requestId, this.#context.function)
      this.#send({ kind: 'failed', id, error: describeError(error) })
    }
    end(id)
  }

  /** Nobody waits for the answer any more. */
  cancel(): void {
    this.#isCancelled = true
    this.#context.abort()
    this.#outflow?.cancel()
  }

  /** The client has taken what was sent of a stream. */
  more(): void {
    this.#outflow?.more()
  }

  #answer(reply: LocalReply): Promise<void> | undefined {
    const { id } = this.#message
    if (reply.kind === 'value') {
      const json = JSON.stringify(reply.value)
      this.#send({ kind: 'value', id, ...(json !== undefined && { json }) })
      return undefined
    }
    const { status, body } = reply
    const headers = flat(reply.headers)
    if (body === null || typeof body === 'string' || body instanceof Uint8Array) {
      this.#send({ kind: 'head', id, status, headers, body: body ?? undefined, open: false })
    } else {
      this.#send({ kind: 'head', id, status, headers, body: undefined, open: true })
      return this.#stream(body)
    }
    return undefined
  }

  async #stream(body: AsyncIterable<Uint8Array>): Promise<void> {
    this.#outflow = new Outflow(this.#message.id, this.#send)
    if (this.#isCancelled) this.#outflow.cancel()
    await this.#outflow.pump(body)
  }
}

/** Its signal is made when somebody asks for it: most calls never do, and it costs as much as the rest of a short call. */
class CallContext implements LocalContext {
  readonly requestId: string
  readonly service: string
  readonly stage: string
  readonly function: string
  readonly memoryMb: number
  readonly deadline: number
  #abort: AbortController | undefined
  #isAborted = false

  constructor(base: LocalContext, { requestId, deadline }: Pick<LocalContext, 'requestId' | 'deadline'>) {
    this.requestId = requestId
    this.service = base.service
    this.stage = base.stage
    this.function = base.function
    this.memoryMb = base.memoryMb
    this.deadline = deadline
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController()
    if (this.#isAborted) this.#abort.abort()
    return this.#abort.signal
  }

  abort(): void {
    this.#isAborted = true
    this.#abort?.abort()
  }
}

function eventOf(message: HttpCallMessage | EventCallMessage): LocalEvent {
  if (message.kind === 'event') return message.event
  const { method, url, ip, body } = message
  const event = { kind: 'http', method, url, headers: pairsOf(message.headers), ip } as const
  return body === undefined ? event : { ...event, body }
}

function pairsOf(headers: readonly string[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let at = 0; at < headers.length; at += 2) pairs.push([headers[at] as string, headers[at + 1] as string])
  return pairs
}

function flat(pairs: readonly (readonly [string, string])[]): string[] {
  const headers: string[] = []
  for (const [name, value] of pairs) headers.push(name, String(value))
  return headers
}
