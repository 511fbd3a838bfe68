import { isIP } from 'node:net'
import { Consumer, type ConsumerOptions, Producer } from '@platformatic/kafka'
import type { KafkaPlace } from './kafka-address.ts'

const CONNECT_MS = 5000
/** Of a member of a group: for so long its partitions wait for it when it is dead. */
const SESSION_MS = 10_000
const HEARTBEAT_MS = 2000
const REBALANCE_MS = 20_000
/** For so long a broker waits for something to come when it is asked what there is. */
const FETCH_WAIT_MS = 500

/** A member of a group, which it joins when it is told to. In a bundle of its own: most platforms never need it. */
export function openConsumer(place: KafkaPlace, groupId: string): Consumer {
  return new Consumer({
    ...connectionOf(place),
    groupId,
    autocommit: false,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: REBALANCE_MS,
    maxWaitTime: FETCH_WAIT_MS,
  })
}

export function openProducer(place: KafkaPlace): Producer {
  return new Producer({ ...connectionOf(place), autocreateTopics: true })
}

type Connection = Pick<
  ConsumerOptions<Buffer, Buffer, Buffer, Buffer>,
  'clientId' | 'bootstrapBrokers' | 'tls' | 'sasl'
>

function connectionOf({ brokers, tls, login }: KafkaPlace): Connection & { connectTimeout: number; retries: number } {
  return {
    clientId: 'anyfaas',
    bootstrapBrokers: [...brokers],
    connectTimeout: CONNECT_MS,
    retries: 1,
    // An address is no name to ask for.
    ...(tls && { tls, tlsServerName: brokers.every(({ host }) => isIP(host) === 0) }),
    ...(login && { sasl: login }),
  }
}
