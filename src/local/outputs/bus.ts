import type { KafkaData, QueueData, TopicData } from '@anyfaas/runtime'
import type { TopicSourceSpec } from '../spec.ts'

/** A message to a topic or a queue. */
export interface BusMessage {
  readonly kind: TopicSourceSpec['kind']
  readonly topic: string
  /** A value of JSON. */
  readonly data: unknown
  /** Of a server outside of the platform. */
  readonly attributes?: Readonly<Record<string, string>>
  readonly offset?: number
}

/** Takes messages to those who listen. */
export interface Bus {
  /** Resolves when the message cannot be lost any more. */
  publish(message: BusMessage): Promise<void>
}

/** What a function gets of a message, in the shape that its kind has on every platform. */
export function busData(message: BusMessage, id: string, time: Date): TopicData | QueueData | KafkaData {
  const { kind, topic, data, attributes = {}, offset } = message
  if (kind === 'queue') return { queue: topic, messages: [{ id, body: data, attributes }] }
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  if (kind === 'mq') return { topic, id, body: text, attributes, publishedAt: time.toISOString() }
  const record = { topic, partition: undefined, offset, key: undefined, value: text, headers: attributes }
  return { records: [{ ...record, timestamp: time.getTime() }] }
}
