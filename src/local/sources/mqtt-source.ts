import type { IPublishPacket, MqttClient } from 'mqtt'
import type { MqttSourceSpec } from '../spec.ts'
import { digestOf } from './digest.ts'
import { readPayload } from './payload.ts'
import { shownAddress } from './shown-address.ts'
import type { Source, SourceContext } from './source.ts'

/** Messages of quality 0 that are taken at once; those of quality 1 are acknowledged one after the other. */
const WINDOW = 64

/** Listens to a topic for as long as it is open, through broken connections, and tells when they come and go. */
export async function openMqtt(spec: MqttSourceSpec<string>, context: SourceContext): Promise<Source> {
  const { broker, topic, qos = 0 } = spec
  const { connectMqtt } = await import('../mqtt-client.ts')
  const client = connectMqtt(broker, {
    clientId: `sls-${digestOf(context.identity, 18)}`,
    // The broker keeps what comes while the platform is away.
    clean: qos === 0,
    resubscribe: false,
  })
  client.handleMessage = taking(client, context)
  tellChanges(client, `${topic} at ${shownAddress(broker)}`, context.tell)
  client.on('connect', () => {
    client.subscribe(topic, { qos: qos === 0 ? 0 : 1 }, (failure, granted = []) => {
      const isRefused = failure ?? granted.some((grant) => Number(grant.qos) === 128)
      if (isRefused) context.tell(`the broker refuses the topic ${topic}`)
    })
  })
  return {
    async stop({ forget }) {
      if (forget && client.connected) await client.unsubscribeAsync(topic)
      // Forced, for a message that is not acknowledged by now comes again.
      await client.endAsync(true)
    },
  }
}

type Handle = MqttClient['handleMessage']

function taking(client: MqttClient, { take, tell }: SourceContext): Handle {
  let count = 0
  let waiting: (() => void) | undefined
  const ended = (): void => {
    count--
    waiting?.()
    waiting = undefined
  }
  return (packet: IPublishPacket, done) => {
    const { topic, payload, qos } = packet
    const taken = take({ data: { topic, ...readPayload(payload), qos } })
    if (qos === 0) {
      count++
      taken.catch((failure: Error) => tell(`a message of ${topic} is lost: ${failure.message}`)).finally(ended)
      if (count < WINDOW) done()
      else waiting = () => done()
      return
    }
    taken.then(
      () => done(),
      (failure: Error) => {
        tell(`a message of ${topic} was not taken: ${failure.message}`)
        // It is not acknowledged, so the broker sends it again on another connection.
        client.stream.destroy()
      },
    )
  }
}

function tellChanges(client: MqttClient, what: string, tell: (text: string) => void): void {
  let last = ''
  const once = (text: string): void => {
    if (text !== last) tell(text)
    last = text
  }
  client.on('connect', () => once(`listens to ${what}`))
  client.on('error', (failure) => once(`cannot listen to ${what}: ${whyOf(failure)}`))
  client.on('offline', () => {
    if (last.startsWith('listens')) once(`lost ${what}, and tries again`)
  })
}

// Of an address with several machines behind it, each has failed by itself.
function whyOf(failure: Error & { readonly code?: unknown }): string {
  return failure.message || String(failure.code ?? failure.name)
}
