import type { Producer } from '@platformatic/kafka'
import { readKafkaPlace } from '../kafka-address.ts'
import { kafkaReason } from '../kafka-reason.ts'
import { CallFailure } from '../platform/instances/failure.ts'
import { Connections, within } from './connections.ts'
import { refusal } from './refusal.ts'

const TIMEOUT_MS = 10_000

export interface OutputRecord {
  readonly value: Buffer
  /** Records of one key go to one partition. */
  readonly key?: Buffer
}

/** Sends to topics of Kafka, over one producer for each set of brokers. */
export class KafkaSender {
  readonly #producers = new Connections<Producer>(async (producer) => producer.close(true))

  /** Resolves when all replicas that are in step have the record. */
  async send(servers: readonly string[], topic: string, record: OutputRecord): Promise<void> {
    const late = () => refusal('timeout', `no broker of Kafka took it in ${TIMEOUT_MS / 1000} s`)
    const send = async (producer: Producer): Promise<void> =>
      void (await within(TIMEOUT_MS, producer.send({ messages: [{ topic, ...record }], acks: ALL }), late))
    const sending = this.#producers.use(keyOf(servers), () => open(servers), send)
    await within(TIMEOUT_MS, sending, late).catch((failure: unknown) => {
      throw failure instanceof CallFailure ? failure : refusal('reply', kafkaReason(failure))
    })
  }

  /** Leaves the brokers that are none of these. */
  keep(servers: readonly (readonly string[])[]): void {
    this.#producers.keep(new Set(servers.map(keyOf)))
  }

  async close(): Promise<void> {
    await this.#producers.close()
  }
}

function keyOf(servers: readonly string[]): string {
  return servers.join(',')
}

const ALL = -1

async function open(servers: readonly string[]): Promise<Producer> {
  const { openProducer } = await import('../kafka-client.ts')
  return openProducer(await readKafkaPlace(servers))
}
