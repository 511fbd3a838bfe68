import { adjusted, built, type FieldTable, isMap, type KafkaTrigger, lossy, refused } from '@anyfaas/kit'
import { isKafka } from '../kafka-address.ts'
import { readOffset } from '../sources/kafka-starts.ts'

export const OWN_TOPICS = "messages of the platform's own topics and queues, as outputs send them"
export const ONE_BY_ONE = 'messages come one by one'

const OF_KAFKA = 'that is for brokers of Kafka'
const BROKERS = ['brokers: HOST:9092', 'kafka+ssl://USER:PASSWORD@HOST:9093', 'nats://HOST:4222'].join(', ')

/** Whether it is the address of a server of NATS. */
export function isNats(address: string): boolean {
  return /^nats:\/\/\S+$/.test(address)
}

/** What becomes of a `kafka` trigger's own options. */
export const kafkaFields: Pick<
  FieldTable<KafkaTrigger>,
  'topics' | 'brokers' | 'instance' | 'group' | 'offset' | 'batch'
> = {
  topics: {
    to: 'topics',
    takes: "without brokers, the platform's own",
    as: (topics, { brokers, instance, overrides }) =>
      (brokers ?? instance ?? ownServer(overrides)) ? topics : built(topics, OWN_TOPICS),
  },
  brokers: {
    to: 'server',
    takes: 'addresses of Kafka, or of NATS, whose subjects the topics are then',
    as: (brokers) =>
      brokers.every(isKafka) || brokers.every(isNats)
        ? brokers
        : refused('they are neither brokers of Kafka nor servers of NATS', BROKERS),
  },
  instance: lossy("topics are the platform's own without brokers", BROKERS),
  group: { to: 'group' },
  offset: {
    to: 'offset',
    takes: 'latest, earliest or a time, of brokers of Kafka',
    as: (offset, trigger) => {
      if (!hasKafka(trigger)) return adjusted(undefined, OF_KAFKA)
      return readOffset(offset) === undefined
        ? refused('it is no time', 'latest, earliest or 2026-01-02T03:04:05Z')
        : offset
    },
  },
  batch: {
    rows: {
      size: { to: 'batch.size', range: { min: 1, max: 10_000 }, as: (size, _, root) => ofKafka(size, root) },
      windowSec: { to: 'batch.windowSec', range: { min: 0, max: 300 }, as: (sec, _, root) => ofKafka(sec, root) },
    },
  },
}

function ofKafka(value: number, trigger: unknown): unknown {
  return hasKafka(trigger as KafkaTrigger) ? value : adjusted(undefined, ONE_BY_ONE)
}

// What is known by its secret alone can be one.
function hasKafka({ brokers, overrides }: KafkaTrigger): boolean {
  const servers = [ownServer(overrides) ?? brokers ?? []].flat()
  return servers.length > 0 && !servers.every((server) => isNats(String(server)))
}

function ownServer(overrides: KafkaTrigger['overrides']): unknown {
  const own = overrides?.['local']
  return isMap(own) ? own['server'] : undefined
}
