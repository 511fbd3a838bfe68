import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import {
  AckPolicy,
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
} from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { connectNats } from '../nats-client.ts'
import { AppendLog } from './append-log.ts'
import type { CallQueue, QueuedCall } from './call-queue.ts'
import { type QueueMessage, readMessage } from './message.ts'

// Named as those of OpenFaaS, whose gateway and workers take part: https://docs.openfaas.com/openfaas-pro/jetstream/
const SUBJECT = 'faas-request'
const STREAM = 'OF_faas-request'
const CONSUMER = 'faas-workers'
const DEAD_SUBJECT = 'anyfaas-dead'
const DEAD_STREAM = 'ANYFAAS_dead'
const ID_HEADER = 'X-Call-Id'
/** For so long the server keeps a message from others before it thinks that this platform died. */
const ACK_WAIT_MS = 10_000
/** For so long an id is known as one that was there before. */
const KNOWN_MS = 2 * 3600_000
const MOST_PENDING = 10_000
const FETCHED = 512
const NS = 1e6

/** Calls in a stream of NATS JetStream, which several platforms take from. A call counts as finished when it is acknowledged. */
export class NatsQueue implements CallQueue {
  readonly calls = new Map<string, QueuedCall>()
  readonly dead = new Map<string, QueuedCall>()
  readonly #server: string
  readonly #poison: AppendLog
  readonly #messages = new Map<string, JsMsg>()
  readonly #deadNumbers = new Map<string, number>()
  #parts: Parts | undefined
  #consuming: ConsumerMessages | undefined
  #keeping: NodeJS.Timeout | undefined

  /** `server` as `nats://user:password@host:4222`; `folder` gets what nobody understands. */
  constructor(server: string, folder: string) {
    this.#server = server
    this.#poison = new AppendLog(join(folder, 'poison.ndjson'))
  }

  async open(onArrival: () => void): Promise<void> {
    await this.#poison.open(() => undefined)
    this.#parts = await partsOf(this.#server)
    await this.#readDead()
    const consumer = await this.#need().stream.consumers.get(STREAM, CONSUMER)
    this.#consuming = await consumer.consume({ max_messages: FETCHED })
    void this.#take(this.#consuming, onArrival)
    this.#keeping = setInterval(() => {
      for (const message of this.#messages.values()) message.working()
    }, ACK_WAIT_MS / 4).unref()
  }

  async put({ id, message }: QueuedCall): Promise<boolean> {
    const whole = { ...message, Header: { ...message.Header, [ID_HEADER]: [id] } }
    const { duplicate } = await this.#need().stream.publish(SUBJECT, JSON.stringify(whole), { msgID: id })
    return !duplicate
  }

  async keep(call: QueuedCall): Promise<void> {
    const { id, message, accepted, attempts, next, reason } = call
    if (next !== undefined) {
      if (this.dead.has(id)) return await this.#revive(call)
      this.calls.set(id, call)
      return
    }
    const ack = await this.#need().stream.publish(
      DEAD_SUBJECT,
      JSON.stringify({ id, message, accepted, attempts, reason }),
    )
    this.dead.set(id, call)
    this.#deadNumbers.set(id, ack.seq)
    await this.#acknowledge(id)
  }

  async finish(id: string): Promise<void> {
    if (this.dead.has(id)) await this.#forgetDead(id)
    else await this.#acknowledge(id)
  }

  async close(): Promise<void> {
    clearInterval(this.#keeping)
    await this.#consuming?.close()
    await this.#parts?.connection.drain()
    await this.#poison.close()
  }

  #need(): Parts {
    if (!this.#parts) throw new Error('the queue is not open')
    return this.#parts
  }

  async #take(messages: ConsumerMessages, onArrival: () => void): Promise<void> {
    for await (const message of messages) {
      const text = message.string()
      const read = readMessage(text)
      if (!read) {
        await this.#poison.append(text.replaceAll('\n', ' '))
        message.term('nobody understands it')
        continue
      }
      this.#place(message, read)
      onArrival()
    }
  }

  #place(message: JsMsg, read: QueueMessage): void {
    const id = read.Header[ID_HEADER]?.[0] ?? randomUUID()
    this.#messages.set(id, message)
    const { timestampNanos, deliveryCount } = message.info
    const accepted = Math.floor(timestampNanos / NS)
    // One that is here already was too slow to say so; it goes on.
    if (!this.calls.has(id)) {
      this.calls.set(id, { id, message: read, accepted, attempts: deliveryCount - 1, next: Date.now() })
    }
  }

  // Resolves when the server knows: a call that is done must not come again.
  async #acknowledge(id: string): Promise<void> {
    const message = this.#messages.get(id)
    this.#messages.delete(id)
    await message?.ackAck()
    this.calls.delete(id)
  }

  async #readDead(): Promise<void> {
    const { stream, manager } = this.#need()
    const { messages } = (await manager.streams.info(DEAD_STREAM)).state
    if (messages === 0) return
    const consumer = await stream.consumers.get(DEAD_STREAM)
    for await (const message of await consumer.fetch({ max_messages: messages, expires: ACK_WAIT_MS })) {
      const call = JSON.parse(message.string()) as Omit<QueuedCall, 'next'>
      this.dead.set(call.id, { ...call, next: undefined })
      this.#deadNumbers.set(call.id, message.seq)
    }
  }

  // Under another number of the server's: the one of its first life is known there.
  async #revive(call: QueuedCall): Promise<void> {
    const { stream } = this.#need()
    const { id, message } = call
    const whole = { ...message, Header: { ...message.Header, [ID_HEADER]: [id] } }
    await stream.publish(SUBJECT, JSON.stringify(whole), { msgID: `${id} ${randomUUID()}` })
    await this.#forgetDead(id)
  }

  async #forgetDead(id: string): Promise<void> {
    const number = this.#deadNumbers.get(id)
    if (number !== undefined) await this.#need().manager.streams.deleteMessage(DEAD_STREAM, number)
    this.#deadNumbers.delete(id)
    this.dead.delete(id)
  }
}

interface Parts {
  readonly connection: NatsConnection
  readonly stream: JetStreamClient
  readonly manager: JetStreamManager
}

async function partsOf(server: string): Promise<Parts> {
  const connection = await connectNats([server])
  const manager = await jetstreamManager(connection)
  await manager.streams.add({
    name: STREAM,
    subjects: [SUBJECT],
    retention: RetentionPolicy.Workqueue,
    duplicate_window: KNOWN_MS * NS,
  })
  await manager.streams.add({ name: DEAD_STREAM, subjects: [DEAD_SUBJECT] })
  await manager.consumers.add(STREAM, {
    durable_name: CONSUMER,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: ACK_WAIT_MS * NS,
    max_ack_pending: MOST_PENDING,
  })
  return { connection, stream: jetstream(connection), manager }
}
