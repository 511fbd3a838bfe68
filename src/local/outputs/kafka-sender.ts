import type { Producer } from '@platformatic/kafka'
import { readKafkaPlace } from '../kafka-address.ts'
import { kafkaReason } from '../kafka-reason.ts'
import { refusal } from './refusal.ts'

const TIMEOUT_MS = 10_000

export interface OutputRecord {
  readonly value: Buffer
  /** Records of one key go to one partition. */
  readonly key?: Buffer
}

/** Sends to topics of Kafka, over one producer for each set of brokers. */
export class KafkaSender {
  readonly #producers = new Map<string, Promise<Producer>>()

  /** Resolves when all replicas that are in step have the record. */
  async send(servers: readonly string[], topic: string, record: OutputRecord): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const failure = refusal('timeout', `no broker of Kafka took it in ${TIMEOUT_MS / 1000} s`)
      timer = setTimeout(() => reject(failure), TIMEOUT_MS)
    })
    await Promise.race([this.#send(servers, topic, record), late]).finally(() => clearTimeout(timer))
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#producers.values()].map(async (producer) => (await producer).close(true)))
  }

  async #send(servers: readonly string[], topic: string, record: OutputRecord): Promise<void> {
    try {
      const producer = await this.#producerOf(servers)
      await producer.send({ messages: [{ topic, ...record }], acks: ALL })
    } catch (failure) {
      throw refusal('reply', kafkaReason(failure))
    }
  }

  #producerOf(servers: readonly string[]): Promise<Producer> {
    const key = servers.join(',')
    const known = this.#producers.get(key)
    if (known) return known
    const opened = open(servers)
    this.#producers.set(key, opened)
    // An address that is none today can name a file that is there tomorrow.
    opened.catch(() => this.#producers.delete(key))
    return opened
  }
}

const ALL = -1

async function open(servers: readonly string[]): Promise<Producer> {
  const { openProducer } = await import('../kafka-client.ts')
  return openProducer(await readKafkaPlace(servers))
}
