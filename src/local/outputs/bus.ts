import type { KafkaData, QueueData, TopicData } from '@anyfaas/runtime'
import type { TopicSourceSpec } from '../spec.ts'

/** A message to a topic or a queue. */
export interface BusMessage {
  readonly kind: TopicSourceSpec['kind']
  readonly topic: string
  /** A value of JSON. */
  readonly data: unknown
}

/** Takes messages to those who listen. */
export interface Bus {
  /** Resolves when the message cannot be lost any more. */
  publish(message: BusMessage): Promise<void>
}

/** What a function gets of a message, in the shape that its kind has on every platform. */
export function busData({ kind, topic, data }: BusMessage, id: string, time: Date): TopicData | QueueData | KafkaData {
  if (kind === 'queue') return { queue: topic, messages: [{ id, body: data, attributes: {} }] }
  if (kind === 'mq') {
    const body = typeof data === 'string' ? data : JSON.stringify(data)
    return { topic, id, body, attributes: {}, publishedAt: time.toISOString() }
  }
  const record = { topic, partition: undefined, offset: undefined, key: undefined, value: data, headers: {} }
  return { records: [{ ...record, timestamp: time.getTime() }] }
}
