import type { CallTerms, FromWorker } from '../../wire/wire.ts'
import type { Due } from './deadlines.ts'
import type { Exchange, Watcher } from './exchange.ts'
import { CallFailure } from './failure.ts'
import { Inflow, writeHead } from './reply.ts'

/** A message about one call. */
export type CallAnswer = Extract<FromWorker, { readonly id: number }>

/** A call that a process is working on. */
export interface NodeCall extends Due {
  readonly requestId: string
  /** What it was given; absent when that is the function's own. */
  readonly timeoutSec?: number
  /** True when this was the last message about it. */
  take(message: CallAnswer): boolean
  fail(failure: CallFailure): void
}

export interface Settle<T> {
  readonly resolve: (value: T) => void
  readonly reject: (failure: CallFailure) => void
}

/** What works on calls, by their numbers. */
export interface CallWorker {
  /** The client has taken what was sent of a stream. */
  more(id: number): void
  /** Nobody waits for the answer any more. */
  abandon(id: number): void
}

export class HttpNodeCall implements NodeCall, Watcher {
  readonly id: number
  readonly deadline: number
  readonly #exchange: Exchange
  readonly #worker: CallWorker
  readonly #settle: Settle<void>
  #inflow: Inflow | undefined
  /** Nothing more will come for it. */
  #isOver = false

  constructor(exchange: Exchange, { id, deadline }: Due, worker: CallWorker, settle: Settle<void>) {
    this.id = id
    this.deadline = deadline
    this.#exchange = exchange
    this.#worker = worker
    this.#settle = settle
    exchange.watchers.push(this)
  }

  get requestId(): string {
    return this.#exchange.requestId
  }

  get timeoutSec(): number {
    return this.#exchange.timeoutSec
  }

  closed(): void {
    if (!this.#isOver) this.#worker.abandon(this.id)
    this.#settle.resolve()
  }

  take(message: CallAnswer): boolean {
    switch (message.kind) {
      case 'head':
        return this.#head(message)
      case 'chunk':
        this.#inflow ??= new Inflow(this.#exchange, () => this.#worker.more(this.id))
        this.#inflow.write(message.body)
        return false
      case 'end':
        this.#isOver = true
        this.#exchange.response.end()
        this.#settle.resolve()
        return true
      case 'failed':
        this.fail(new CallFailure('user', 'the function failed', { notes: [message.error.stack] }))
        return true
      case 'value':
        this.fail(new CallFailure('reply', 'the function answered a request with something else than a reply'))
        return true
    }
  }

  fail(failure: CallFailure): void {
    this.#settle.reject(failure)
  }

  #head(message: Extract<CallAnswer, { kind: 'head' }>): boolean {
    this.#isOver = !message.open
    try {
      writeHead(this.#exchange, message)
    } catch (error) {
      this.fail(new CallFailure('reply', `the function's answer cannot be sent: ${(error as Error).message}`))
      return true
    }
    if (message.open) return false
    this.#settle.resolve()
    return true
  }
}

export class EventNodeCall implements NodeCall {
  readonly id: number
  readonly requestId: string
  readonly deadline: number
  readonly #settle: Settle<unknown>

  constructor({ id, requestId, deadline }: CallTerms & Due, settle: Settle<unknown>) {
    this.id = id
    this.requestId = requestId
    this.deadline = deadline
    this.#settle = settle
  }

  take(message: CallAnswer): boolean {
    if (message.kind === 'value') this.#settle.resolve(message.json && JSON.parse(message.json))
    else if (message.kind === 'failed') {
      const { name, message: text, stack } = message.error
      this.fail(new CallFailure('user', `${name}: ${text}`, { notes: [stack] }))
    } else this.fail(new CallFailure('reply', 'the function answered an event with something else than a value'))
    return true
  }

  fail(failure: CallFailure): void {
    this.#settle.reject(failure)
  }
}
