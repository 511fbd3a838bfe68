import { setTimeout as pause } from 'node:timers/promises'
import type { ClusterMetadata, Consumer, GroupAssignment } from '@platformatic/kafka'
import { isUnknownTopic } from '../kafka-reason.ts'
import type { PartitionCounts } from './kafka-counts.ts'
import type { KafkaLane } from './kafka-lane.ts'
import { endOf, recordsOf } from './kafka-record.ts'
import { startsOf } from './kafka-starts.ts'
import { type Repeated, repeat } from './repeat.ts'

const FETCHED_BYTES = 1 << 20
/** How often it is looked for topics that are missing. */
const LOOK_MS = 1000
const LEAVE_MS = 2000

export interface SessionOptions {
  /** Makes a member of the group. */
  readonly open: () => Consumer
  readonly topics: readonly string[]
  readonly offset?: string
  readonly counts: PartitionCounts
  /** The one of a partition, which is made when there is none. */
  readonly laneOf: (topic: string, partition: number, start: bigint) => KafkaLane
  /** Of partitions that are another member's now. */
  readonly onLost: (isOurs: (lane: KafkaLane) => boolean) => void
}

/**
 * One membership of a group, until anything goes wrong. The library's own stream mixes the partitions and can hold up all of them
 * only, so each one is fetched when its lane has room.
 */
export class KafkaSession {
  readonly #options: SessionOptions
  readonly #member: Consumer
  /** With connections of its own: a broker answers what comes over one in its order, and fetches wait there. */
  readonly #fetcher: Consumer
  readonly #over: Promise<Error>
  readonly #fetching = new Set<number>()
  /** Those of the topics that are there: of another one a member of the group knows nothing, and could not begin. */
  readonly #present = new Set<string>()
  #looking: Repeated | undefined
  #end: (failure: Error) => void = () => undefined
  #lanes: readonly KafkaLane[] = []
  #counts = ''
  #isOver = false
  #onJoined = (): void => undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.#member = options.open()
    this.#fetcher = options.open()
    this.#over = new Promise((resolve) => {
      this.#end = (failure) => {
        this.#isOver = true
        resolve(failure)
      }
    })
    for (const client of [this.#member, this.#fetcher]) {
      client.on('error', this.#end)
    }
    this.#member.on('consumer:group:join', ({ assignments = [] }) => {
      this.#assign(assignments).catch(this.#end)
    })
  }

  /**
   * Joins the group, and tells whenever it has got its partitions, with the topics that are missing; resolves with why it is over. Rejects
   * when there is no group to join, or none of the topics.
   */
  async run(onJoined: (missing: readonly string[]) => void): Promise<Error> {
    const unknown = await this.#look()
    if (this.#present.size === 0) throw unknown
    this.#onJoined = () => onJoined(this.#missing)
    // Who waits for its place in the group can be stopped.
    await Promise.race([this.#over, this.#member.joinGroup({})])
    this.#looking = repeat(() => this.#lookAgain().catch(this.#end), LOOK_MS)
    return await this.#over
  }

  async commit({ place: { topic, partition } }: KafkaLane, offset: bigint): Promise<void> {
    await this.#member.commit({ offsets: [{ topic, partition, offset, leaderEpoch: -1 }] })
  }

  /** Fetches what there is room for. */
  pump(): void {
    if (!this.#isOver) this.#pump().catch(this.#end)
  }

  end(): void {
    this.#end(new Error('it was stopped'))
  }

  async close(): Promise<void> {
    this.end()
    const looked = this.#looking?.stop()
    await leave(this.#member)
    await Promise.all([this.#member.close(true), this.#fetcher.close(true), looked])
  }

  get #missing(): readonly string[] {
    return this.#options.topics.filter((topic) => !this.#present.has(topic))
  }

  // A topic that is missing has no partitions yet, which lets all that will be in it be the group's.
  async #look(): Promise<unknown> {
    const { counts } = this.#options
    let unknown: unknown
    const looks = this.#missing.map(async (topic): Promise<readonly [string, number]> => {
      try {
        const found = await this.#member.metadata({ topics: [topic] })
        this.#expect(topic)
        return [topic, counts.get(topic) ?? found.topics.get(topic)?.partitionsCount ?? 0]
      } catch (failure) {
        if (!isUnknownTopic(failure)) throw failure
        unknown = failure
        return [topic, 0]
      }
    })
    await counts.set(await Promise.all(looks))
    return unknown
  }

  async #lookAgain(): Promise<void> {
    const { size } = this.#present
    await this.#look()
    if (this.#isOver || this.#present.size === size) return
    this.#counts = ''
    await this.#member.joinGroup({})
  }

  #expect(topic: string): void {
    this.#present.add(topic)
    for (const client of [this.#member, this.#fetcher]) client.topics.track(topic)
  }

  async #assign(assignments: readonly GroupAssignment[]): Promise<void> {
    const { laneOf, onLost } = this.#options
    // Who leads the group deals out what is there for it, which may be more than what this member has found.
    for (const { topic } of assignments) if (this.#missing.includes(topic)) this.#expect(topic)
    const ours = new Set(assignments.flatMap(({ topic, partitions }) => partitions.map((one) => `${topic}/${one}`)))
    onLost(({ place: { topic, partition } }) => ours.has(`${topic}/${partition}`))
    this.#lanes = []
    const starts = await startsOf(this.#member, assignments, this.#options)
    // Meanwhile, the group may have been dealt anew.
    if (this.#member.assignments !== assignments) return
    this.#lanes = [...starts].flatMap(([topic, all]) =>
      all.map((start) => laneOf(topic, start.partition, start.offset)),
    )
    this.#onJoined()
    this.pump()
  }

  async #pump(): Promise<void> {
    const metadata = await this.#fetcher.metadata({ topics: [...this.#present] })
    if (this.#isGrown(metadata)) await this.#member.joinGroup({})
    const byLeader = new Map<number, KafkaLane[]>()
    for (const lane of this.#lanes) {
      const { topic, partition } = lane.place
      const { leader = -1 } = metadata.topics.get(topic)?.partitions[partition] ?? {}
      if (lane.hasRoom && leader >= 0 && !this.#fetching.has(leader)) {
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), lane])
      }
    }
    for (const [leader, lanes] of byLeader) {
      this.#fetching.add(leader)
      this.#fetch(leader, lanes, metadata)
        .catch(this.#end)
        .finally(() => {
          this.#fetching.delete(leader)
          this.pump()
        })
    }
  }

  // The group deals partitions out when a member joins, and not when there are more of them.
  #isGrown({ topics }: ClusterMetadata): boolean {
    const before = this.#counts
    this.#counts = [...this.#present].map((topic) => topics.get(topic)?.partitionsCount).join()
    return before !== '' && before !== this.#counts
  }

  async #fetch(node: number, lanes: readonly KafkaLane[], metadata: ClusterMetadata): Promise<void> {
    const asked = new Map(lanes.map((lane) => [lane, lane.next]))
    const topics = [...this.#present].flatMap((topic) => {
      const own = lanes.filter(({ place }) => place.topic === topic)
      const partitions = own.map((lane) => ({
        partition: lane.place.partition,
        currentLeaderEpoch: -1,
        fetchOffset: lane.next,
        lastFetchedEpoch: -1,
        partitionMaxBytes: FETCHED_BYTES,
      }))
      const { id } = metadata.topics.get(topic) ?? {}
      return id === undefined || partitions.length === 0 ? [] : [{ topicId: id, partitions }]
    })
    const response = await this.#fetcher.fetch({ node, topics })
    for (const lane of lanes) if (lane.hasRoom && lane.next === asked.get(lane)) take(lane, response, metadata)
  }
}

// Who cannot reach the group leaves it without a word: no heartbeat comes any more, and that is noticed.
async function leave(member: Consumer): Promise<void> {
  const isTold = new Promise<boolean>((resolve) => member.leaveGroup(false, (failure) => resolve(!failure)))
  if (await Promise.race([isTold, pause(LEAVE_MS, false, { ref: false })])) return
  member.memberId = null
  await new Promise<void>((resolve) => member.leaveGroup(false, () => resolve()))
}

type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>

function take(lane: KafkaLane, { responses }: FetchResponse, { topics }: ClusterMetadata): void {
  const { topic, partition } = lane.place
  const id = topics.get(topic)?.id
  const found = responses
    .find(({ topicId }) => topicId === id)
    ?.partitions.find((one) => one.partitionIndex === partition)
  const batches = found?.records ?? []
  if (batches.length === 0) return
  const { next } = lane
  lane.add(
    batches.flatMap((batch) => recordsOf(batch, next, { topic, partition })),
    endOf(batches, next),
  )
}
