import type { Call, Environment, Trigger } from './call.ts'
import { callOf } from './call-of.ts'
import { HttpError } from './error.ts'
import { consoleLogger, type Logger } from './logger.ts'
import { sendOutputs } from './outputs.ts'

/**
 * What every handler gets. What there is one of for a call stands in the call, for every private field of an object costs
 * time; and with none in here, V8 makes the objects of what extends this without a call.
 */
export abstract class Context {
  abstract [callOf](): Call

  /** The platform's own logger where it has one, else the console. */
  get logger(): Logger {
    return this[callOf]().input.logger ?? consoleLogger
  }

  /** The function's environment; in an aggregate each member sees its own. */
  get env(): Environment {
    return this[callOf]().scope.env
  }

  get requestId(): string {
    return this[callOf]().input.requestId
  }

  /** The function's name in the service file. */
  get function(): string {
    return this[callOf]().scope.member.name
  }

  get service(): string {
    return this[callOf]().scope.manifest.service
  }

  get stage(): string {
    return this[callOf]().scope.manifest.stage
  }

  get provider(): string {
    return this[callOf]().scope.manifest.provider
  }

  /** What fired: `{ kind: 'timer', name: 'nightly' }`; for `http` the name is the route's path. */
  get trigger(): Trigger {
    return this[callOf]().trigger
  }

  /** The platform's own event. */
  get originEvent(): unknown {
    return this[callOf]().input.event
  }

  /** The platform's own context. */
  get originContext(): unknown {
    return this[callOf]().input.context
  }

  /** A place of this call for whatever its parts share. */
  get state(): Record<string, unknown> {
    const call = this[callOf]()
    call.state ??= {}
    return call.state
  }

  /** Aborts when the call's time is up, and when the client has gone where the platform tells. */
  get signal(): AbortSignal {
    return this[callOf]().signal
  }

  /** The platform freezes a function that has answered: work given here is finished first, within the timeout. */
  waitUntil(work: PromiseLike<unknown>): void {
    this[callOf]().waitUntil(work)
  }

  /**
   * Says that one item of a batch failed: the message or record itself, or its `id` or `sequence`. Platforms that take
   * such reports send these again; elsewhere the whole event fails.
   */
  fail(item: unknown, error?: unknown): void {
    this[callOf]().failItem(item, error)
  }

  /** Sends data to the function's outputs, or to the one named. Rejects when there is none, and when it did not take them. */
  send(data: unknown, output?: string): Promise<void> {
    return sendOutputs(this[callOf](), data, output)
  }

  /** Ends the call with an HTTP status. The message reaches the client when the status is below 500. */
  throw(status: number, message?: string, properties?: object): never {
    throw Object.assign(new HttpError(status, message), properties)
  }
}

/** All that an initializer gets, and what a handler gets for an event. */
export class EventContext extends Context {
  readonly #call: Call

  constructor(call: Call) {
    super()
    this.#call = call
  }

  [callOf](): Call {
    return this.#call
  }
}
