import type { Consumer, GroupAssignment } from '@platformatic/kafka'
import type { PartitionCounts } from './kafka-counts.ts'

/** Of `listOffsets`, in place of a time. https://kafka.apache.org/protocol#The_Messages_ListOffsets */
const LATEST = -1n
const EARLIEST = -2n

/**
 * Where a group goes on in each of its member's partitions, in the order of the assignments. Where it has never been, it begins at `offset`
 * (`latest` when absent, `earliest`, or a time), and that is committed: what comes from now on is its own, also while nobody listens.
 * A partition beyond those that `counts` knows of its topic was added since, be it with the topic, and all that it has came since then.
 */
export async function startsOf(
  consumer: Consumer,
  assignments: readonly GroupAssignment[],
  { offset, counts }: { readonly offset?: string; readonly counts: PartitionCounts },
): Promise<ReadonlyMap<string, readonly Start[]>> {
  const topics = assignments.map(({ topic }) => topic)
  if (topics.length === 0) return new Map()
  const at = (timestamp: bigint): ReturnType<Consumer['listOffsets']> => consumer.listOffsets({ topics, timestamp })
  const [committed, first, last, wanted] = await Promise.all([
    consumer.listCommittedOffsets({ topics: [...assignments] }),
    at(EARLIEST),
    at(LATEST),
    at(timestampOf(offset)),
  ])
  const starts = assignments.map(({ topic, partitions }) => {
    const read = (offsets: typeof first, index: number): bigint => offsets.get(topic)?.[index] ?? -1n
    return [
      topic,
      partitions.map((partition) => {
        const [known, from, to] = [read(committed, partition), read(first, partition), read(last, partition)]
        const isAdded = partition >= (counts.get(topic) ?? Number.POSITIVE_INFINITY)
        // Nothing has come since that time.
        const since = read(wanted, partition) < 0n ? to : read(wanted, partition)
        const begin = isAdded ? from : since
        // What it would go on with can be gone, with its time or with the topic.
        const next = known < 0n ? begin : known < from || known > to ? from : known
        return { topic, partition, offset: next, isNew: next !== known }
      }),
    ] as const
  })
  const found = starts.flatMap(([, all]) => all.filter(({ isNew }) => isNew))
  const offsets = found.map(({ topic, partition, offset: next }) => ({
    topic,
    partition,
    offset: next,
    leaderEpoch: -1,
  }))
  if (offsets.length > 0) await consumer.commit({ offsets })
  await counts.set([...first].map(([topic, { length }]) => [topic, length] as const))
  return new Map(starts)
}

export interface Start {
  readonly partition: number
  readonly offset: bigint
}

/** Of `latest`, `earliest` or a time; undefined for what is none of them. */
export function readOffset(text: string): bigint | undefined {
  if (text === 'latest') return LATEST
  if (text === 'earliest') return EARLIEST
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  return Number.isFinite(time) ? BigInt(time) : undefined
}

function timestampOf(offset: string | undefined): bigint {
  return readOffset(offset ?? 'latest') ?? LATEST
}
