import type { ConsumerMessages, JetStreamClient, JetStreamManager, JsMsg } from '@nats-io/jetstream'
import { DeliverPolicy, JetStreamApiError } from '../nats-client.ts'
import type { QueuedCall } from './call-queue.ts'

export const DEAD_STREAM = 'ANYFAAS_dead'
export const DEAD_SUBJECT = 'anyfaas-dead'

type DeadCall = Omit<QueuedCall, 'next'>

/** Calls that were given up, in a stream that every platform of the queue sees. It has their bodies, which are read when they are asked for. */
export class NatsDead {
  readonly calls = new Map<string, QueuedCall>()
  readonly #stream: JetStreamClient
  readonly #manager: JetStreamManager
  readonly #numbers = new Map<string, number>()
  #following: ConsumerMessages | undefined

  constructor(manager: JetStreamManager) {
    this.#manager = manager
    this.#stream = manager.jetstream()
  }

  /** Resolves when those that are there are known; later ones follow. */
  async open(): Promise<void> {
    const { messages: count, last_seq: last } = (await this.#manager.streams.info(DEAD_STREAM)).state
    const consumer = await this.#stream.consumers.get(DEAD_STREAM, { deliver_policy: DeliverPolicy.All })
    this.#following = await consumer.consume()
    const messages = this.#following[Symbol.asyncIterator]()
    if (count > 0) await this.#follow(messages, last)
    void this.#follow(messages)
  }

  async add(call: QueuedCall): Promise<void> {
    const { id, message, accepted, attempts, reason } = call
    const text = JSON.stringify({ id, message, accepted, attempts, reason })
    const { seq } = await this.#stream.publish(DEAD_SUBJECT, text)
    this.#lay(call, seq)
  }

  /** Empty when the call had none; undefined when another platform has taken it away meanwhile. */
  async bodyOf(id: string): Promise<string | undefined> {
    const seq = this.#numbers.get(id)
    if (seq === undefined) return undefined
    const message = await this.#manager.streams.getMessage(DEAD_STREAM, { seq })
    return message?.json<DeadCall>().message.Body
  }

  /** The same for one that another platform has taken away meanwhile. */
  async forget(id: string): Promise<void> {
    const number = this.#numbers.get(id)
    this.#drop(id)
    if (number === undefined) return
    await this.#manager.streams.deleteMessage(DEAD_STREAM, number).catch((failure: unknown) => {
      if (!(failure instanceof JetStreamApiError)) throw failure
    })
  }

  /** The number of its message, which no other one ever has. */
  numberOf(id: string): number | undefined {
    return this.#numbers.get(id)
  }

  /** Drops what other platforms have taken away. */
  async refresh(): Promise<void> {
    const { state } = await this.#manager.streams.info(DEAD_STREAM, { deleted_details: true })
    const gone = new Set(state.deleted ?? [])
    for (const [id, number] of this.#numbers) if (number < state.first_seq || gone.has(number)) this.#drop(id)
  }

  async close(): Promise<void> {
    await this.#following?.close()
  }

  async #follow(messages: AsyncIterator<JsMsg>, last = Number.POSITIVE_INFINITY): Promise<void> {
    for (let next = await messages.next(); !next.done; next = await messages.next()) {
      this.#place(next.value)
      if (next.value.seq >= last) return
    }
  }

  #place(message: JsMsg): void {
    this.#lay(message.json<DeadCall>(), message.seq)
  }

  // There may be any number of them, and hardly anybody ever wants one back.
  #lay(call: DeadCall, seq: number): void {
    this.calls.set(call.id, { ...call, message: { ...call.message, Body: '' }, next: undefined })
    this.#numbers.set(call.id, seq)
  }

  #drop(id: string): void {
    this.calls.delete(id)
    this.#numbers.delete(id)
  }
}
