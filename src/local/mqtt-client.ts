import { connect, type IClientOptions, type MqttClient } from 'mqtt'

const RECONNECT_MS = 1000

/** A connection to a broker that is made again whenever it breaks. In a bundle of its own: most platforms never need it. */
export function connectMqtt(broker: string, options: IClientOptions = {}): MqttClient {
  return connect(broker, { reconnectPeriod: RECONNECT_MS, ...options })
}
