import type { MqttClient } from 'mqtt'
import { shownAddress } from '../sources/shown-address.ts'
import type { OutputSpec } from '../spec.ts'
import { Connections, within } from './connections.ts'
import { refusal } from './refusal.ts'

const TIMEOUT_MS = 10_000

/** Publishes to MQTT brokers, over one connection to each. */
export class MqttSender {
  readonly #clients = new Connections<MqttClient>((client) => client.endAsync(true))

  /** Resolves when the broker has acknowledged the message; with quality 0, when it is sent. */
  async send({ broker, topic, qos = 1, retain = false }: OutputSpec, body: Buffer): Promise<void> {
    const address = String(broker)
    const options = { qos: Number(qos) as 0 | 1 | 2, retain: retain === true }
    const late = () => refusal('timeout', `${shownAddress(address)} did not take it in ${TIMEOUT_MS / 1000} s`)
    const open = () => connectTo(address)
    await this.#clients.use(address, open, (client) =>
      within(TIMEOUT_MS, client.publishAsync(String(topic), body, options), late),
    )
  }

  /** Leaves the brokers that none of these outputs names. */
  keep(outputs: readonly OutputSpec[]): void {
    this.#clients.keep(new Set(outputs.flatMap(({ kind, broker }) => (kind === 'mqtt' ? [String(broker)] : []))))
  }

  async close(): Promise<void> {
    await this.#clients.close()
  }
}

async function connectTo(broker: string): Promise<MqttClient> {
  const { connectMqtt } = await import('../mqtt-client.ts')
  const client = connectMqtt(broker)
  // Whoever sends meanwhile is told.
  client.on('error', () => undefined)
  return client
}
