import { readKafkaPlace, withScheme } from '../kafka-address.ts'
import { kafkaReason } from '../kafka-reason.ts'
import type { TopicSourceSpec } from '../spec.ts'
import { tellChanges } from './changes.ts'
import { digestOf } from './digest.ts'
import { PartitionCounts } from './kafka-counts.ts'
import { KafkaLane } from './kafka-lane.ts'
import type { KafkaEventRecord } from './kafka-record.ts'
import { KafkaSession } from './kafka-session.ts'
import { type Repeated, repeat } from './repeat.ts'
import { shownAddress } from './shown-address.ts'
import type { Source, SourceContext } from './source.ts'

const RETRY_MS = 1000
const DEFAULT_SIZE = 100

/** Records of topics of Kafka, as a member of a group: in the order of their partition, committed when the function is done with them. */
export class KafkaSource implements Source {
  readonly #spec: TopicSourceSpec<string>
  readonly #context: SourceContext
  readonly #servers: readonly string[]
  readonly #what: string
  readonly #tell: (text: string) => void
  readonly #lanes = new Map<string, KafkaLane>()
  readonly #counts: PartitionCounts
  #session: KafkaSession | undefined
  #repeated: Repeated | undefined
  #isStopped = false

  constructor(spec: TopicSourceSpec<string>, context: SourceContext) {
    this.#spec = spec
    this.#context = context
    this.#counts = new PartitionCounts(context.memory)
    this.#servers = [spec.server ?? []].flat()
    this.#what = `${spec.topics.join(', ')} at ${this.#servers.map((server) => shownAddress(withScheme(server))).join(', ')}`
    const tell = tellChanges(context.tell)
    this.#tell = (text) => this.#isStopped || tell(text)
  }

  /** Begins to listen, now or as soon as a broker is there. */
  open(): this {
    this.#repeated = repeat(() => this.#listen(), RETRY_MS)
    return this
  }

  async stop({ forget }: { readonly forget: boolean }): Promise<void> {
    this.#isStopped = true
    this.#session?.end()
    this.#loseAll()
    await this.#repeated?.stop()
    if (forget) await this.#counts.forget()
  }

  async #listen(): Promise<void> {
    let session: KafkaSession | undefined
    try {
      const begun = await this.#begin()
      // A stop that came before there was a session has ended none.
      if (this.#isStopped) return await begun.close()
      session = this.#session = begun
      throw await session.run((missing) => this.#tell(`listens to ${this.#what}${missingOf(missing)}`))
    } catch (failure) {
      this.#tell(`cannot listen to ${this.#what}: ${kafkaReason(failure)}`)
    }
    this.#loseAll()
    await session?.close().catch((failure) => this.#tell(`did not leave ${this.#what} well: ${kafkaReason(failure)}`))
  }

  async #begin(): Promise<KafkaSession> {
    const { topics, group, offset } = this.#spec
    const { openConsumer } = await import('../kafka-client.ts')
    const place = await readKafkaPlace(this.#servers)
    await this.#counts.open()
    return new KafkaSession({
      open: () => openConsumer(place, group ?? `anyfaas.${this.#context.shared}`),
      topics,
      counts: this.#counts,
      ...(offset !== undefined && { offset }),
      laneOf: (topic, partition, start) => this.#laneOf(topic, partition, start),
      onLost: (isOurs) => this.#lose(isOurs),
    })
  }

  #laneOf(topic: string, partition: number, start: bigint): KafkaLane {
    const key = `${topic}/${partition}`
    const known = this.#lanes.get(key)
    known?.regain(start)
    const lane = known ?? this.#makeLane(topic, partition, start)
    this.#lanes.set(key, lane)
    return lane
  }

  #makeLane(topic: string, partition: number, start: bigint): KafkaLane {
    const { size = DEFAULT_SIZE, windowSec = 0 } = this.#spec.batch ?? {}
    const options = {
      topic,
      partition,
      size,
      windowMs: windowSec * 1000,
      deliver: (batch: readonly KafkaEventRecord[]) => this.#deliver(batch),
      commit: (lane: KafkaLane, offset: bigint) => this.#commit(lane, offset),
      onRoom: () => this.#session?.pump(),
      tell: this.#tell,
    }
    return new KafkaLane(options, start)
  }

  async #deliver(records: readonly KafkaEventRecord[]): Promise<void> {
    const [first, last] = [records[0], records.at(-1)]
    // Records that come again in the same batch, because the platform was killed before they were committed, have the same id. A topic that
    // was made anew counts from the beginning.
    const place = [this.#context.shared, first?.topic, first?.partition, first?.offset, last?.offset, first?.timestamp]
    const id = digestOf(JSON.stringify(place))
    await this.#context.take({ data: { records }, id })
    await this.#context.ended(id)
  }

  async #commit(lane: KafkaLane, offset: bigint): Promise<void> {
    const { topic, partition } = lane.place
    await this.#session?.commit(lane, offset).catch((failure) => {
      this.#tell(`records of ${topic}, partition ${partition}, come again: ${kafkaReason(failure)}`)
    })
  }

  #lose(isOurs: (lane: KafkaLane) => boolean): void {
    for (const [key, lane] of this.#lanes) {
      if (isOurs(lane)) continue
      lane.lose()
      if (!lane.isBusy) this.#lanes.delete(key)
    }
  }

  #loseAll(): void {
    this.#session = undefined
    this.#lose(() => false)
  }
}

function missingOf(topics: readonly string[]): string {
  return topics.length === 0 ? '' : `; not there yet: ${topics.join(', ')}`
}
