import { createHash } from 'node:crypto'
import {
  AckPolicy,
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamManager,
  type JsMsg,
  jetstream,
} from '@nats-io/jetstream'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import { connectNats, managerOf, streamOf } from '../nats-client.ts'
import { type BusMessage, busData } from '../outputs/bus.ts'
import type { TopicSourceSpec } from '../spec.ts'
import { readPayload } from './payload.ts'
import { shownAddress } from './shown-address.ts'
import type { Source, SourceContext } from './source.ts'

const RETRY_MS = 1000
/** Messages that are being taken at once; of a stream the rest stays there, others are lost, as NATS has it for who is slow. */
const MOST_IN_HAND = 1000
/** A place in a stream that nobody reads from for so long is forgotten by the server. */
const KEPT_DAYS = 7
const NS_PER_MS = 1e6
const AGAIN_MS = 1000
/** For so long the server waits for who may have died with a message. */
const ACK_WAIT_MS = 10_000

/** Messages of NATS subjects, of a stream where there is one: then the server keeps what comes while nobody listens. */
export class NatsSource implements Source {
  readonly #spec: TopicSourceSpec<string>
  readonly #servers: readonly string[]
  readonly #context: SourceContext
  readonly #group: string
  readonly #inHand = new Set<Promise<void>>()
  readonly #consuming: ConsumerMessages[] = []
  #connection: NatsConnection | undefined
  #timer: NodeJS.Timeout | undefined
  #beginning: Promise<void> | undefined
  #isStopped = false
  #told = ''
  #isLosing = false

  constructor(spec: TopicSourceSpec<string>, context: SourceContext) {
    this.#spec = spec
    this.#servers = [spec.server ?? []].flat()
    this.#context = context
    const { kind, group } = spec
    this.#group = kind === 'queue' ? 'anyfaas-queue' : (group ?? `anyfaas-${hashOf(context.shared)}`)
  }

  /** Begins to listen, now or as soon as a server is there. */
  open(): this {
    this.#beginning = this.#begin()
    return this
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#beginning
    await Promise.all(this.#consuming.map((messages) => messages.close()))
    await Promise.all(this.#inHand)
    await this.#connection?.close()
  }

  async #begin(): Promise<void> {
    const what = `${this.#spec.topics.join(', ')} at ${this.#servers.map(shownAddress).join(', ')}`
    let connection: NatsConnection | undefined
    try {
      connection = await connectNats(this.#servers)
      const manager = await managerOf(connection)
      const places = await Promise.all(
        this.#spec.topics.map((topic) => this.#listen(topic, connection as NatsConnection, manager)),
      )
      await connection.flush()
      this.#connection = connection
      this.#tell(
        `listens to ${what}${[...new Set(places)].map((place) => place && `, kept by the stream ${place}`).join('')}`,
      )
      void this.#follow(connection, what)
    } catch (failure) {
      this.#tell(`cannot listen to ${what}: ${(failure as Error).message || (failure as Error).name}`)
      await connection?.close()
      if (!this.#isStopped) this.#timer = setTimeout(() => this.open(), RETRY_MS)
    }
  }

  /** The name of the stream, where there is one. */
  async #listen(topic: string, connection: NatsConnection, manager: JetStreamManager): Promise<string | undefined> {
    const stream = await streamOf(manager, topic)
    if (stream === undefined) {
      connection.subscribe(topic, { queue: this.#group, callback: (_, message) => this.#takeOnce(message) })
      return undefined
    }
    const name = `${/^[\w-]+$/.test(this.#group) ? this.#group : `group-${hashOf(this.#group)}`}-${hashOf(topic)}`
    await manager.consumers.add(stream, {
      durable_name: name,
      filter_subject: topic,
      ack_policy: AckPolicy.Explicit,
      // What was there before the trigger is not its own.
      deliver_policy: DeliverPolicy.New,
      ack_wait: ACK_WAIT_MS * NS_PER_MS,
      max_ack_pending: MOST_IN_HAND,
      inactive_threshold: KEPT_DAYS * 86_400_000 * NS_PER_MS,
    })
    const consumer = await jetstream(connection).consumers.get(stream, name)
    const messages = await consumer.consume()
    this.#consuming.push(messages)
    void this.#takeAll(messages)
    return stream
  }

  async #takeAll(messages: ConsumerMessages): Promise<void> {
    for await (const message of messages) this.#hold(this.#takeKept(message))
  }

  async #takeKept(message: JsMsg): Promise<void> {
    const { stream, streamSequence, timestampNanos } = message.info
    // A stream of the same name that was made anew counts from the beginning.
    const id = hashOf(JSON.stringify([this.#context.shared, stream, streamSequence, timestampNanos]), 32)
    const happened = {
      id: `${stream}.${streamSequence}`,
      time: new Date(timestampNanos / NS_PER_MS),
      offset: streamSequence,
    }
    try {
      await this.#context.take({ data: this.#read(message, happened), id })
      message.ack()
    } catch (failure) {
      this.#tell(`a message of ${message.subject} was not taken: ${(failure as Error).message}`)
      message.nak(AGAIN_MS)
    }
  }

  #takeOnce(message: Msg): void {
    if (this.#inHand.size >= MOST_IN_HAND) {
      if (!this.#isLosing) this.#tell(`loses messages of ${message.subject}: they come faster than they are taken`)
      this.#isLosing = true
      return
    }
    this.#isLosing = false
    const id = crypto.randomUUID()
    const taken = this.#context.take({ data: this.#read(message, { id, time: new Date() }), id })
    this.#hold(
      taken.catch((failure: Error) => this.#tell(`a message of ${message.subject} is lost: ${failure.message}`)),
    )
  }

  #read(message: Msg | JsMsg, { id, time, offset }: { id: string; time: Date; offset?: number }): object {
    const { payload, encoding } = readPayload(message.data)
    const headers = (message.headers?.keys() ?? []).map((key) => [key, message.headers?.values(key).join(', ') ?? ''])
    const read: BusMessage = {
      kind: this.#spec.kind,
      topic: message.subject,
      data: this.#spec.kind === 'mq' && encoding === undefined ? message.string() : payload,
      attributes: Object.fromEntries(headers),
      ...(offset !== undefined && { offset }),
    }
    return { ...busData(read, id, time), ...(encoding && { encoding }) }
  }

  #hold(work: Promise<void>): void {
    const held = work.finally(() => this.#inHand.delete(held))
    this.#inHand.add(held)
  }

  async #follow(connection: NatsConnection, what: string): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') this.#tell(`lost ${what}, and tries again`)
      if (type === 'reconnect') this.#tell(`listens to ${what} again`)
    }
  }

  #tell(text: string): void {
    if (text !== this.#told && !this.#isStopped) this.#context.tell(text)
    this.#told = text
  }
}

function hashOf(text: string, length = 16): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length)
}
