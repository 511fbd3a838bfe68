import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { ConsumerMessages, JetStreamClient, JetStreamManager, JsMsg } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { AckPolicy, connectNats, DeliverPolicy, jetstream, jetstreamManager, RetentionPolicy } from '../nats-client.ts'
import { AppendLog } from './append-log.ts'
import type { Backlog, CallQueue, QueuedCall } from './call-queue.ts'
import { type QueueMessage, readMessage } from './message.ts'
import { DEAD_STREAM, DEAD_SUBJECT, NatsDead } from './nats-dead.ts'

// Named as those of OpenFaaS, whose gateway and workers take part: https://docs.openfaas.com/openfaas-pro/jetstream/
const SUBJECT = 'faas-request'
const STREAM = 'OF_faas-request'
const CONSUMER = 'faas-workers'
const ID_HEADER = 'X-Call-Id'
/** For so long the server keeps a message from others before it thinks that this platform died. */
const ACK_WAIT_MS = 10_000
/** For so long an id is known as one that was there before. */
const KNOWN_MS = 2 * 3600_000
const MOST_PENDING = 10_000
const FETCHED = 512
/** How often a call whose function is not here is left to another platform, in some four minutes. */
const MOST_PASSES = 12
const FIRST_PASS_MS = 100
const LONGEST_PASS_MS = 60_000
const NONE: ReadonlyMap<string, QueuedCall> = new Map()
const NS = 1e6

/** Calls in a stream of NATS JetStream, which several platforms take from. A call counts as finished when it is acknowledged. */
export class NatsQueue implements CallQueue {
  readonly calls = new Map<string, QueuedCall>()
  /** The server holds them. */
  readonly heldBytes = 0
  readonly #server: string
  readonly #poison: AppendLog
  readonly #messages = new Map<string, JsMsg>()
  #parts: Parts | undefined
  #backlog: Backlog = { unseen: 0, elsewhere: 0 }
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
    await this.#parts.dead.open()
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
    const { id, next } = call
    if (next !== undefined) {
      if (this.dead.has(id)) return await this.#revive(call)
      this.calls.set(id, call)
      return
    }
    await this.#need().dead.add(call)
    await this.#acknowledge(id)
  }

  async finish(id: string): Promise<void> {
    if (this.dead.has(id)) await this.#need().dead.forget(id)
    else await this.#acknowledge(id)
  }

  async pass(id: string): Promise<boolean> {
    const message = this.#messages.get(id)
    const count = message?.info.deliveryCount ?? MOST_PASSES
    if (count >= MOST_PASSES) return false
    this.#messages.delete(id)
    this.calls.delete(id)
    message?.nak(Math.min(LONGEST_PASS_MS, FIRST_PASS_MS * 2 ** (count - 1)))
    return true
  }

  async look(): Promise<Backlog> {
    const { manager, dead } = this.#need()
    try {
      const [info] = await Promise.all([manager.consumers.info(STREAM, CONSUMER), dead.refresh()])
      const { num_pending: unseen, num_ack_pending: taken } = info
      this.#backlog = { unseen, elsewhere: Math.max(0, taken - this.calls.size) }
    } catch {
      // While the server is away, what was known last is the best that can be said.
    }
    return this.#backlog
  }

  get dead(): ReadonlyMap<string, QueuedCall> {
    return this.#parts?.dead.calls ?? NONE
  }

  async close(): Promise<void> {
    clearInterval(this.#keeping)
    await this.#consuming?.close()
    await this.#parts?.dead.close()
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

  // Under another number of the server's: the one of its first life is known there. That of its death is the same for
  // everybody who wants it back.
  async #revive(call: QueuedCall): Promise<void> {
    const { stream, dead } = this.#need()
    const { id, message } = call
    const Body = await dead.bodyOf(id)
    if (Body !== undefined) {
      const whole = { ...message, Body, Header: { ...message.Header, [ID_HEADER]: [id] } }
      await stream.publish(SUBJECT, JSON.stringify(whole), { msgID: `${id} ${dead.numberOf(id)}` })
    }
    await dead.forget(id)
  }
}

interface Parts {
  readonly connection: NatsConnection
  readonly stream: JetStreamClient
  readonly manager: JetStreamManager
  readonly dead: NatsDead
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
  return { connection, stream: jetstream(connection), manager, dead: new NatsDead(manager) }
}
