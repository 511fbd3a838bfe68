import { isKafka } from '../kafka-address.ts'
import type { OutputSpec } from '../spec.ts'
import type { Bus } from './bus.ts'
import { kafkaConnections, type OutputRecord, sendToKafka } from './kafka-sender.ts'
import { MqttSender } from './mqtt-sender.ts'
import { natsConnections, sendToNats } from './nats-sender.ts'
import { refusal } from './refusal.ts'

/** What a function sends. */
export interface OutputMessage {
  /** Bytes, or a value of JSON. */
  readonly data: unknown
  readonly metadata: Readonly<Record<string, unknown>>
}

const TIMEOUT_MS = 10_000
const DAPR = 'http://127.0.0.1:3500'

/** Sends to what an output names. Resolves when the other side has it; rejects with an `CallFailure`. */
export class Senders {
  readonly #bus: Bus
  readonly #mqtt = new MqttSender()
  readonly #nats = natsConnections()
  readonly #kafka = kafkaConnections()

  constructor(bus: Bus) {
    this.#bus = bus
  }

  async send(output: OutputSpec, message: OutputMessage): Promise<void> {
    const { kind } = output
    if (kind === 'http') return await post(text(output, 'url'), bodyOf(message.data))
    if (kind === 'dapr') return await sendToDapr(output, message)
    if (kind === 'mqtt') return await this.#mqtt.send(output, bodyOf(message.data).body)
    const topic = text(output, kind === 'queue' ? 'queue' : 'topic')
    const servers = serversOf(output)
    if (servers.length === 0) return await this.#bus.publish({ kind, topic, data: plain(message.data) })
    const { body } = bodyOf(message.data)
    if (kind === 'kafka' && servers.every(isKafka))
      await sendToKafka(this.#kafka, { servers, topic }, recordOf(body, message))
    else await sendToNats(this.#nats, { servers, topic }, body)
  }

  /** Leaves every broker that none of these outputs names. */
  keep(outputs: readonly OutputSpec[]): void {
    const servers = outputs.map(serversOf)
    this.#mqtt.keep(outputs)
    this.#nats.keep(servers)
    this.#kafka.keep(servers)
  }

  async close(): Promise<void> {
    await this.#mqtt.close()
    await this.#nats.close()
    await this.#kafka.close()
  }
}

// Of NATS or of Kafka; none where the platform itself is meant.
function serversOf(output: OutputSpec): readonly string[] {
  const { kind, server = kind === 'kafka' ? output['brokers'] : undefined } = output
  return server === undefined ? [] : [server].flat().map(String)
}

// As sidecars of Dapr have it: https://docs.dapr.io/reference/components-reference/supported-pubsub/setup-apache-kafka/
function recordOf(value: Buffer, { metadata: { partitionKey: key } }: OutputMessage): OutputRecord {
  return { value, ...(typeof key === 'string' && { key: Buffer.from(key) }) }
}

async function sendToDapr(output: OutputSpec, { data, metadata }: OutputMessage): Promise<void> {
  const { endpoint = DAPR, operation = 'create', topic } = output
  const component = encodeURIComponent(text(output, 'component'))
  const base = String(endpoint).replace(/\/$/, '')
  if (topic !== undefined) {
    return await post(`${base}/v1.0/publish/${component}/${encodeURIComponent(String(topic))}`, bodyOf(data))
  }
  const whole = { operation, data: plain(data), metadata: { ...(output['metadata'] as object), ...metadata } }
  await post(`${base}/v1.0/bindings/${component}`, bodyOf(whole))
}

interface Body {
  readonly body: Buffer
  readonly type: string
}

async function post(url: string, { body, type }: Body): Promise<void> {
  const options = { method: 'POST', headers: { 'content-type': type }, body, signal: AbortSignal.timeout(TIMEOUT_MS) }
  const response = await fetch(url, options).catch((failure: Error & { cause?: Error }) => {
    throw refusal('reply', failure.cause?.message || failure.message)
  })
  await response.arrayBuffer()
  if (response.status >= 300) throw refusal('reply', `it answered ${response.status}`)
}

function bodyOf(data: unknown): Body {
  if (data instanceof Uint8Array) return { body: Buffer.from(data), type: 'application/octet-stream' }
  if (typeof data === 'string') return { body: Buffer.from(data), type: 'text/plain; charset=utf-8' }
  return { body: Buffer.from(JSON.stringify(data)), type: 'application/json' }
}

// Events are JSON.
function plain(data: unknown): unknown {
  return data instanceof Uint8Array ? Buffer.from(data).toString('base64') : data
}

function text(output: OutputSpec, option: string): string {
  const value = output[option]
  if (typeof value !== 'string' || value === '') throw refusal('request', `it has no "${option}"`)
  return value
}
