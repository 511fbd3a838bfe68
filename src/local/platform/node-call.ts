import type { FromWorker } from '../wire.ts'
import type { Exchange } from './exchange.ts'
import { CallFailure } from './failure.ts'
import { Inflow, writeHead } from './reply.ts'

/** A message about one call. */
export type CallAnswer = Extract<FromWorker, { readonly id: number }>

/** A call that a process is working on. */
export interface NodeCall {
  readonly requestId: string
  /** True when this was the last message about it. */
  take(message: CallAnswer): boolean
  fail(failure: CallFailure): void
}

export interface Settle<T> {
  readonly resolve: (value: T) => void
  readonly reject: (failure: CallFailure) => void
}

export class HttpNodeCall implements NodeCall {
  readonly #exchange: Exchange
  readonly #inflow: Inflow
  readonly #settle: Settle<void>

  constructor(exchange: Exchange, more: () => void, settle: Settle<void>) {
    this.#exchange = exchange
    this.#inflow = new Inflow(exchange, more)
    this.#settle = settle
  }

  get requestId(): string {
    return this.#exchange.requestId
  }

  take(message: CallAnswer): boolean {
    switch (message.kind) {
      case 'head':
        return this.#head(message)
      case 'chunk':
        this.#inflow.write(message.body)
        return false
      case 'end':
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
  readonly requestId: string
  readonly #settle: Settle<unknown>

  constructor(requestId: string, settle: Settle<unknown>) {
    this.requestId = requestId
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
