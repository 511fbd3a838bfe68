import type { MqttClient } from 'mqtt'
import { shownAddress } from '../sources/shown-address.ts'
import type { OutputSpec } from '../spec.ts'
import { refusal } from './refusal.ts'

const TIMEOUT_MS = 10_000

/** Publishes to MQTT brokers, over one connection to each. */
export class MqttSender {
  readonly #clients = new Map<string, Promise<MqttClient>>()

  /** Resolves when the broker has acknowledged the message; with quality 0, when it is sent. */
  async send({ broker, topic, qos = 1, retain = false }: OutputSpec, body: Buffer): Promise<void> {
    const client = await this.#client(String(broker))
    const options = { qos: Number(qos) as 0 | 1 | 2, retain: retain === true }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const failure = refusal('timeout', `${shownAddress(String(broker))} did not take it in ${TIMEOUT_MS / 1000} s`)
      timer = setTimeout(() => reject(failure), TIMEOUT_MS)
    })
    await Promise.race([client.publishAsync(String(topic), body, options), late]).finally(() => clearTimeout(timer))
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map(async (client) => (await client).endAsync(true)))
  }

  #client(broker: string): Promise<MqttClient> {
    const client = this.#clients.get(broker) ?? connectTo(broker)
    this.#clients.set(broker, client)
    return client
  }
}

async function connectTo(broker: string): Promise<MqttClient> {
  const { connectMqtt } = await import('../mqtt-client.ts')
  const client = connectMqtt(broker)
  // Whoever sends meanwhile is told.
  client.on('error', () => undefined)
  return client
}
