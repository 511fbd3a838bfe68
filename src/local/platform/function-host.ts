import { randomUUID } from 'node:crypto'
import type { LocalTriggerEvent } from '../runtime/protocol.ts'
import type { FunctionSpec } from '../spec.ts'
import type { CallTerms } from '../wire.ts'
import type { Exchange } from './exchange.ts'
import { CallFailure } from './failure.ts'
import type { Instance, LaunchOptions } from './instance.ts'
import { launch } from './launch.ts'
import { Tally } from './tally.ts'

export type HostOptions = Omit<LaunchOptions, 'initSec'>

/** One deployed version of a function: keeps a process of it, and starts another one when a call finds none. */
export class FunctionHost {
  readonly #options: LaunchOptions
  readonly #calls = new Tally()
  readonly #instances = new Set<Instance>()
  #current: Instance | undefined
  #starting: Promise<Instance> | undefined
  #isClosed = false

  constructor(options: HostOptions) {
    const { spec } = options
    this.#options = { ...options, initSec: spec.initTimeout ?? Math.max(LEAST_INIT_SEC, spec.timeout) }
  }

  get spec(): FunctionSpec {
    return this.#options.spec
  }

  get pids(): readonly number[] {
    return [...this.#instances].flatMap((instance) => instance.pid ?? [])
  }

  /** Resolves when a process is ready; rejects with an `init` failure. */
  async start(): Promise<void> {
    await this.#instance()
  }

  async http(exchange: Exchange): Promise<void> {
    this.#calls.enter()
    try {
      const instance = this.#current?.isOpen ? this.#current : await this.#instance()
      await instance.http(exchange, termsOf(exchange.requestId, exchange.timeoutSec))
    } finally {
      this.#calls.leave()
    }
  }

  async event(event: Omit<LocalTriggerEvent, 'id' | 'time'>): Promise<unknown> {
    const id = randomUUID()
    this.#calls.enter()
    try {
      const instance = await this.#instance()
      const whole = { ...event, id, time: new Date().toISOString() }
      return await instance.event(whole, termsOf(id, this.spec.timeout))
    } finally {
      this.#calls.leave()
    }
  }

  /** Lets the running calls finish, then ends the processes. */
  async drain(): Promise<void> {
    await this.#calls.idle()
    await this.end()
  }

  /** Ends the processes; running calls fail, and later ones too. */
  async end(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#instances].map((instance) => instance.end()))
  }

  async #instance(): Promise<Instance> {
    if (this.#current?.isOpen) return this.#current
    this.#starting ??= this.#launch().finally(() => {
      this.#starting = undefined
    })
    return await this.#starting
  }

  async #launch(): Promise<Instance> {
    if (this.#isClosed) throw this.#gone()
    const instance = await launch(this.#options)
    this.#instances.add(instance)
    instance.exited.then((exit) => {
      this.#instances.delete(instance)
      if (!exit.isAsked) this.#options.tell({ stream: 'sys', text: `its process ended (${exit.words})` })
    })
    if (this.#isClosed) await instance.end()
    await instance.ready
    this.#current = instance
    return instance
  }

  #gone(): CallFailure {
    return new CallFailure('gone', `the function "${this.spec.name}" was removed`)
  }
}

const LEAST_INIT_SEC = 10

function termsOf(requestId: string, timeoutSec: number): CallTerms {
  return { requestId, deadline: Date.now() + timeoutSec * 1000 }
}
