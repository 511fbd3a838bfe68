import type { AsyncCall, AsyncCounts } from '../api.ts'
import { closeUnlessRead, type Wire } from '../platform/instances/exchange.ts'
import { asFailure } from '../platform/instances/failure.ts'
import { whyOf } from '../platform/instances/failure-text.ts'
import type { SourceEvent } from '../sources/source.ts'
import type { CallQueue, QueuedCall } from './call-queue.ts'
import { CallRunner } from './call-runner.ts'
import { eventMessage } from './event-message.ts'
import type { QueueMessage } from './message.ts'
import { callIdOf, messageOf, refusal } from './request-message.ts'
import type { AsyncTarget } from './target.ts'

export interface AsyncOptions {
  readonly queue: CallQueue
  /** By `NAME.SERVICE.STAGE`; undefined when it is not deployed. */
  readonly find: (path: string) => AsyncTarget | undefined
}

const LONGEST_LINE = 100_000
/** Of bodies in memory. */
const MOST_HELD_BYTES = 256 << 20

/** Takes calls whose callers do not wait, and sees to it that each of them is made. */
export class AsyncCalls {
  readonly #queue: CallQueue
  readonly #find: AsyncOptions['find']
  readonly #runner: CallRunner
  /** Who waits for a place in the line. */
  #waiting: (() => void)[] = []
  /** Functions whose events wait, as their logs say. */
  readonly #told = new Set<string>()
  /** Who waits for the end of a call, by its id. */
  readonly #ends = new Map<string, (() => void)[]>()

  constructor({ queue, find }: AsyncOptions) {
    this.#queue = queue
    this.#find = find
    this.#runner = new CallRunner(queue, find, (id) => this.#finished(id))
  }

  /** Brings back what was not finished; from then on it accepts calls. */
  async open(): Promise<void> {
    await this.#queue.open(() => this.#runner.wake())
  }

  /** Begins to make calls. The services have to answer by now. */
  start(): void {
    this.#runner.start()
  }

  /** Answers 202 when the call is kept for good, or with what is wrong with it. `rest` is path and query for the function; without a path it is called by its name alone. */
  async accept(target: AsyncTarget, rest: string, { request, response }: Wire): Promise<void> {
    const started = `${BigInt(Date.now()) * 1_000_000n}`
    try {
      const id = callIdOf(request)
      const message = await messageOf(target, rest, request)
      if (this.#isFull) throw refusal('throttle', 'too many calls wait')
      await this.#put(id, message)
      response.writeHead(202, { 'x-call-id': id, 'x-start-time': started, 'content-length': '0' })
      response.end()
    } catch (thrown) {
      const { status, kind, retryAfterSec } = asFailure(thrown)
      const text = `${whyOf(thrown)}\n`
      response.writeHead(status, {
        'content-type': 'text/plain; charset=utf-8',
        'content-length': Buffer.byteLength(text),
        'x-error-class': kind,
        ...closeUnlessRead(request),
        ...(retryAfterSec !== undefined && { 'retry-after': String(retryAfterSec) }),
      })
      response.end(text)
    }
  }

  /** Resolves when the event is kept for good; while the line is full it waits. `path` is `NAME.SERVICE.STAGE`. */
  async enqueue(path: string, event: SourceEvent, id: string): Promise<void> {
    while (this.#isFull) {
      this.#tellOfWaiting(path)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    await this.#put(id, eventMessage(path, event))
  }

  /** Resolves when a call has succeeded or was given up, or is another platform's to make. */
  async ended(id: string): Promise<void> {
    if (!this.#queue.calls.has(id)) return
    await new Promise<void>((resolve) => this.#ends.set(id, [...(this.#ends.get(id) ?? []), resolve]))
  }

  async counts(): Promise<AsyncCounts> {
    const { unseen, elsewhere } = await this.#queue.look()
    const running = this.#runner.running.size
    const waiting = unseen + this.#queue.calls.size - running
    return { waiting, running, elsewhere, dead: this.#queue.dead.size, done: this.#runner.done }
  }

  list(state: string | null, limit: number): readonly AsyncCall[] {
    const found: AsyncCall[] = []
    for (const call of [...this.#queue.calls.values(), ...this.#queue.dead.values()]) {
      const shown = this.#show(call)
      if ((state === null || shown.state === state) && found.push(shown) >= limit) break
    }
    return found
  }

  /** A dead call waits again; undefined when there is none of this id. */
  async replay(id: string): Promise<AsyncCall | undefined> {
    const call = this.#queue.dead.get(id)
    if (!call) return undefined
    const again: QueuedCall = { id, message: call.message, accepted: Date.now(), attempts: 0, next: Date.now() }
    await this.#queue.keep(again)
    this.#runner.wake()
    return this.#show(again)
  }

  async replayAll(): Promise<number> {
    const ids = [...this.#queue.dead.keys()]
    await Promise.all(ids.map((id) => this.replay(id)))
    return ids.length
  }

  /** False when no dead call has this id. */
  async discard(id: string): Promise<boolean> {
    if (!this.#queue.dead.has(id)) return false
    await this.#queue.finish(id)
    return true
  }

  /** Begins no more calls; those that run and do not finish in time are made again at the next start. */
  async stop(): Promise<void> {
    await this.#runner.stop()
  }

  async close(): Promise<void> {
    await this.#queue.close()
  }

  get #isFull(): boolean {
    return this.#queue.calls.size >= LONGEST_LINE || this.#queue.heldBytes >= MOST_HELD_BYTES
  }

  async #put(id: string, message: QueueMessage): Promise<void> {
    const now = Date.now()
    try {
      if (await this.#queue.put({ id, message, accepted: now, attempts: 0, next: now })) this.#runner.wake()
    } catch (failure) {
      // Its place is free again.
      this.#admit()
      throw failure
    }
  }

  // Once for a function until there is room again, however many of its events wait.
  #tellOfWaiting(path: string): void {
    if (this.#told.has(path)) return
    this.#told.add(path)
    const most = `${LONGEST_LINE} calls or ${MOST_HELD_BYTES >> 20} MB`
    this.#find(path)?.tell(`its events have to wait: too many calls wait already (at most ${most})`)
  }

  #finished(id: string): void {
    this.#admit()
    if (this.#queue.calls.has(id)) return
    for (const end of this.#ends.get(id) ?? []) end()
    this.#ends.delete(id)
  }

  #admit(): void {
    const waiting = this.#waiting
    this.#waiting = []
    if (!this.#isFull) this.#told.clear()
    for (const admit of waiting) admit()
  }

  #show(call: QueuedCall): AsyncCall {
    const { id, message, accepted, attempts, next, reason } = call
    const target = this.#find(message.Function)
    const [name = ''] = message.Function.split('.')
    const place = target ?? { service: '', stage: '', name }
    const state = next === undefined ? 'dead' : this.#runner.running.has(id) ? 'running' : 'waiting'
    return {
      id,
      service: place.service,
      stage: place.stage,
      function: place.name,
      state,
      method: message.Method,
      path: message.Path || '/',
      accepted: new Date(accepted).toISOString(),
      attempts,
      next: next === undefined ? null : new Date(next).toISOString(),
      reason: reason ?? null,
    }
  }
}
