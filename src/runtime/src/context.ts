import type { Call, Environment, Trigger } from './call.ts'
import { HttpError } from './error.ts'
import { consoleLogger, type Logger } from './logger.ts'
import { sendOutputs } from './outputs.ts'

/** What every handler gets, and all that an initializer gets. */
export class Context {
  readonly #call: Call
  #state: Record<string, unknown> | undefined

  constructor(call: Call) {
    this.#call = call
  }

  /** The platform's own logger where it has one, else the console. */
  get logger(): Logger {
    return this.#call.input.logger ?? consoleLogger
  }

  /** The function's environment; in an aggregate each member sees its own. */
  get env(): Environment {
    return this.#call.scope.env
  }

  get requestId(): string {
    return this.#call.input.requestId
  }

  /** The function's name in the service file. */
  get function(): string {
    return this.#call.scope.member.name
  }

  get service(): string {
    return this.#call.scope.manifest.service
  }

  get stage(): string {
    return this.#call.scope.manifest.stage
  }

  get provider(): string {
    return this.#call.scope.manifest.provider
  }

  /** What fired: `{ kind: 'timer', name: 'nightly' }`; for `http` the name is the route's path. */
  get trigger(): Trigger {
    return this.#call.trigger
  }

  /** The platform's own event. */
  get originEvent(): unknown {
    return this.#call.input.event
  }

  /** The platform's own context. */
  get originContext(): unknown {
    return this.#call.input.context
  }

  /** A place of this call for whatever its parts share. */
  get state(): Record<string, unknown> {
    this.#state ??= {}
    return this.#state
  }

  /** Aborts when the call's time is up, and when the client has gone where the platform tells. */
  get signal(): AbortSignal {
    return this.#call.signal
  }

  /** The platform freezes a function that has answered: work given here is finished first, within the timeout. */
  waitUntil(work: PromiseLike<unknown>): void {
    this.#call.waitUntil(work)
  }

  /**
   * Says that one item of a batch failed: the message or record itself, or its `id` or `sequence`. Platforms that take
   * such reports send these again; elsewhere the whole event fails.
   */
  fail(item: unknown, error?: unknown): void {
    this.#call.failItem(item, error)
  }

  /** Sends data to the function's outputs, or to the one named. Rejects when there is none, and when it did not take them. */
  send(data: unknown, output?: string): Promise<void> {
    return sendOutputs(this.#call, data, output)
  }

  /** Ends the call with an HTTP status. The message reaches the client when the status is below 500. */
  throw(status: number, message?: string, properties?: object): never {
    throw Object.assign(new HttpError(status, message), properties)
  }
}
