import type { Producer } from '@platformatic/kafka'
import { readKafkaPlace } from '../kafka-address.ts'
import { kafkaReason } from '../kafka-reason.ts'
import { CallFailure } from '../platform/instances/failure.ts'
import { ServerConnections, type ServerTopic } from './connections.ts'
import { refusal } from './refusal.ts'

const TIMEOUT_MS = 10_000

export interface OutputRecord {
  readonly value: Buffer
  /** Records of one key go to one partition. */
  readonly key?: Buffer
}

/** One producer for each set of brokers. */
export function kafkaConnections(): ServerConnections<Producer> {
  return new ServerConnections(open, async (producer) => producer.close(true))
}

/** Resolves when all replicas that are in step have the record. */
export async function sendToKafka(
  connections: ServerConnections<Producer>,
  { servers, topic }: ServerTopic,
  record: OutputRecord,
): Promise<void> {
  const late = () => refusal('timeout', `no broker of Kafka took it in ${TIMEOUT_MS / 1000} s`)
  const send = (producer: Producer) => producer.send({ messages: [{ topic, ...record }], acks: ALL })
  await connections.use(servers, send, { ms: TIMEOUT_MS, late }).catch((failure: unknown) => {
    throw failure instanceof CallFailure ? failure : refusal('reply', kafkaReason(failure))
  })
}

const ALL = -1

async function open(servers: readonly string[]): Promise<Producer> {
  const { openProducer } = await import('../kafka-client.ts')
  return openProducer(await readKafkaPlace(servers))
}
