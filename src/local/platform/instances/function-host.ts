import { randomUUID } from 'node:crypto'
import type { LocalTriggerEvent } from '../../runtime/protocol.ts'
import type { FunctionSpec } from '../../spec.ts'
import type { CallTerms } from '../../wire/wire.ts'
import type { Exchange, Upgrade } from './exchange.ts'
import { CallFailure } from './failure.ts'
import type { Instance, LaunchOptions } from './instance.ts'
import { InstancePool } from './instance-pool.ts'
import { launch } from './launch.ts'
import { type Limits, limitsOf } from './limits.ts'
import { RateBucket } from './rate-bucket.ts'
import type { Slot } from './slot.ts'
import { Tally } from './tally.ts'

export type HostOptions = Omit<LaunchOptions, 'initSec'>

const LEAST_INIT_SEC = 10

/** One deployed version of a function: takes its calls to its processes. */
export class FunctionHost {
  readonly limits: Limits
  readonly #options: LaunchOptions
  readonly #calls = new Tally()
  readonly #pool: InstancePool
  readonly #rate: RateBucket | undefined
  #isDraining = false

  constructor(options: HostOptions) {
    const { spec } = options
    this.limits = limitsOf(spec)
    this.#options = { ...options, initSec: spec.initTimeout ?? Math.max(LEAST_INIT_SEC, spec.timeout) }
    this.#rate = spec.rate && new RateBucket(spec.rate, Date.now())
    this.#pool = new InstancePool({
      name: spec.name,
      limits: this.limits,
      patienceMs: spec.timeout * 1000 + this.#options.initSec * 1000,
      launch: () => launch(this.#options),
      tell: (text) => options.tell({ stream: 'sys', text }),
    })
  }

  get spec(): FunctionSpec {
    return this.#options.spec
  }

  get slots(): readonly Slot[] {
    return this.#pool.slots
  }

  /** Calls that wait for a process. */
  get waiting(): number {
    return this.#pool.waiting
  }

  get pids(): readonly number[] {
    return this.slots.flatMap(({ instance }) => instance.pid ?? [])
  }

  /** Why no further call would be taken; undefined when it would be. */
  get unready(): 'draining' | 'at its limit' | undefined {
    if (this.#isDraining) return 'draining'
    return this.#pool.isAtLimit ? 'at its limit' : undefined
  }

  /** Resolves when it can be called; rejects with an `init` failure. */
  async start(): Promise<void> {
    await this.#pool.start()
  }

  /** Keeps so many processes from now on, until the next version. */
  async scale(count: number): Promise<void> {
    await this.#pool.scale(count)
  }

  http(exchange: Exchange): Promise<void> {
    this.#pay()
    const slot = this.#pool.tryTake()
    this.#calls.enter()
    if (slot) return this.#request(exchange, slot)
    return this.#pool.take(closing(exchange)).then(
      (taken) => this.#request(exchange, taken),
      (failure: unknown) => {
        this.#calls.leave()
        throw failure
      },
    )
  }

  /** `time` is that of the call when the event has none. */
  async event(
    event: Omit<LocalTriggerEvent, 'id' | 'time'> & { readonly time?: string },
    id: string = randomUUID(),
  ): Promise<unknown> {
    return await this.#call((instance) => {
      const whole = { time: new Date().toISOString(), ...event, id }
      return instance.event(whole, termsOf(id, this.spec.timeout))
    })
  }

  /** Passes a connection that changes its protocol to a process; resolves when it is closed. */
  async upgrade(upgrade: Upgrade): Promise<void> {
    await this.#call((instance) => instance.upgrade(upgrade))
  }

  /** Lets the running calls finish, then ends the processes. */
  async drain(): Promise<void> {
    this.#isDraining = true
    for (const { instance } of this.slots) instance.hangUp()
    await this.#calls.idle()
    await this.end()
  }

  /** Ends the processes; running calls fail, and later ones too. */
  async end(): Promise<void> {
    await this.#pool.end()
  }

  // One promise and no more, for this is where most calls pass.
  #request(exchange: Exchange, slot: Slot): Promise<void> {
    return slot.instance.http(exchange, termsOf(exchange.requestId, exchange.timeoutSec)).then(
      () => this.#leave(slot),
      (failure: unknown) => {
        this.#leave(slot)
        throw failure
      },
    )
  }

  #leave(slot: Slot): void {
    this.#pool.release(slot)
    this.#calls.leave()
  }

  async #call<T>(work: (instance: Instance) => Promise<T>): Promise<T> {
    this.#pay()
    this.#calls.enter()
    try {
      const slot = this.#pool.tryTake() ?? (await this.#pool.take())
      try {
        return await work(slot.instance)
      } finally {
        this.#pool.release(slot)
      }
    } finally {
      this.#calls.leave()
    }
  }

  #pay(): void {
    const waitMs = this.#rate?.take(Date.now()) ?? 0
    if (waitMs > 0) throw tooOften(this.spec, waitMs)
  }
}

function tooOften({ name }: FunctionSpec, waitMs: number): CallFailure {
  return new CallFailure('throttle', `the function "${name}" is called too often`, {
    retryAfterSec: Math.ceil(waitMs / 1000),
  })
}

function closing({ watchers }: Exchange): AbortSignal {
  const gone = new AbortController()
  watchers.push({ closed: () => gone.abort() })
  return gone.signal
}

function termsOf(requestId: string, timeoutSec: number): CallTerms {
  return { requestId, deadline: Date.now() + timeoutSec * 1000 }
}
