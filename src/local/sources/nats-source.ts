import type { ConsumerMessages, JetStreamManager, JsMsg } from '@nats-io/jetstream'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import { AckPolicy, connectNats, DeliverPolicy, jetstream, managerOf, streamOf } from '../nats-client.ts'
import { type BusMessage, busData } from '../outputs/bus.ts'
import type { TopicSourceSpec } from '../spec.ts'
import { tellChanges } from './changes.ts'
import { digestOf } from './digest.ts'
import { readPayload } from './payload.ts'
import { type Repeated, repeat } from './repeat.ts'
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
  readonly #what: string
  readonly #tell: (text: string) => void
  readonly #inHand = new Set<Promise<void>>()
  #session: Session | undefined
  #repeated: Repeated | undefined
  #isStopped = false
  #isLosing = false

  constructor(spec: TopicSourceSpec<string>, context: SourceContext) {
    this.#spec = spec
    this.#servers = [spec.server ?? []].flat()
    this.#context = context
    this.#what = `${spec.topics.join(', ')} at ${this.#servers.map(shownAddress).join(', ')}`
    const tell = tellChanges(context.tell)
    this.#tell = (text) => this.#isStopped || tell(text)
    const { kind, group } = spec
    this.#group = kind === 'queue' ? 'anyfaas-queue' : (group ?? `anyfaas-${digestOf(context.shared, 16)}`)
  }

  /** Begins to listen, now or as soon as a server is there. */
  open(): this {
    this.#repeated = repeat(() => this.#live(), RETRY_MS)
    return this
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all((this.#session?.consuming ?? []).map((messages) => messages.close()))
    await Promise.all(this.#inHand)
    await this.#session?.connection.close()
    await this.#repeated?.stop()
  }

  async #live(): Promise<void> {
    const failure = await this.#listen()
    this.#session = undefined
    this.#tell(`cannot listen to ${this.#what}: ${failure.message || failure.name}`)
  }

  /** Resolves with why it is over: the connection is made again by itself when it breaks, but not when the server refuses it. */
  async #listen(): Promise<Error> {
    let connection: NatsConnection | undefined
    try {
      connection = await connectNats(this.#servers)
      const session = newSession(connection, await managerOf(connection))
      this.#session = session
      const places = await Promise.all(this.#spec.topics.map((topic) => this.#subscribe(topic, session)))
      const failure = await Promise.race([session.over, connection.flush()])
      if (failure || this.#isStopped) return failure ?? new Error('it was stopped')
      const streams = [...new Set(places)].map((place) => place && `, kept by the stream ${place}`)
      this.#tell(`listens to ${this.#what}${streams.join('')}`)
      void this.#follow(connection)
      return await session.over
    } catch (failure) {
      return failure as Error
    } finally {
      await connection
        ?.close()
        .catch((failure: Error) => this.#tell(`did not leave ${this.#what} well: ${failure.message}`))
    }
  }

  /** The name of the stream, where there is one. */
  async #subscribe(topic: string, { connection, manager, consuming, end }: Session): Promise<string | undefined> {
    const stream = await streamOf(manager, topic)
    if (stream === undefined) {
      const callback = (refused: Error | null, message: Msg): void => (refused ? end(refused) : this.#takeOnce(message))
      connection.subscribe(topic, { queue: this.#group, callback })
      return undefined
    }
    const name = `${/^[\w-]+$/.test(this.#group) ? this.#group : `group-${digestOf(this.#group, 16)}`}-${digestOf(topic, 16)}`
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
    const messages = await consumer.consume({ abort_on_missing_resource: true })
    consuming.push(messages)
    this.#takeAll(messages).then(() => end(new Error(`the stream ${stream} ended`)), end)
    return stream
  }

  async #takeAll(messages: ConsumerMessages): Promise<void> {
    for await (const message of messages) this.#hold(this.#takeKept(message))
  }

  async #takeKept(message: JsMsg): Promise<void> {
    const { stream, streamSequence, timestampNanos } = message.info
    // A stream of the same name that was made anew counts from the beginning.
    const id = digestOf(JSON.stringify([this.#context.shared, stream, streamSequence, timestampNanos]))
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
      data: this.#spec.kind !== 'queue' && encoding === undefined ? message.string() : payload,
      attributes: Object.fromEntries(headers),
      ...(offset !== undefined && { offset }),
    }
    return { ...busData(read, id, time), ...(encoding && { encoding }) }
  }

  #hold(work: Promise<void>): void {
    const held = work.finally(() => this.#inHand.delete(held))
    this.#inHand.add(held)
  }

  async #follow(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') this.#tell(`lost ${this.#what}, and tries again`)
      if (type === 'reconnect') this.#tell(`listens to ${this.#what} again`)
    }
  }
}

/** From a connection to when it is of no use any more. */
interface Session {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly consuming: ConsumerMessages[]
  readonly end: (failure: Error) => void
  readonly over: Promise<Error>
}

function newSession(connection: NatsConnection, manager: JetStreamManager): Session {
  let end: Session['end'] = () => undefined
  const over = new Promise<Error>((resolve) => {
    end = resolve
  })
  void connection.closed().then((failure) => end(failure ?? new Error('the connection was closed')))
  return { connection, manager, consuming: [], end, over }
}
