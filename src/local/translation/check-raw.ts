import { type Diagnostic, error, isMap, type MappedTrigger, writeValue } from '@anyfaas/kit'
import { isKafka } from '../kafka-address.ts'
import { MISSED_RUNS, type TopicSourceSpec } from '../spec.ts'
import { isNats } from './kafka-fields.ts'

/** What `overrides: {local}` of a trigger may say that is no word of the file's own: no other platform lets one choose. */
export function checkRaw(mapped: MappedTrigger): readonly Diagnostic[] {
  const { type, deployed } = mapped
  const raw = deployed.trigger.overrides?.['local']
  if (!isMap(raw)) return []
  if (type === 'timer') return checkMissed(mapped, raw['missed'])
  return type === 'topic' ? checkServer(mapped, raw['server'] as TopicSourceSpec['server']) : []
}

function checkMissed(mapped: MappedTrigger, missed: unknown): readonly Diagnostic[] {
  if (missed === undefined || MISSED_RUNS.some((known) => known === missed)) return []
  return [wrong(mapped, 'missed', `"missed" of a timer is one of ${MISSED_RUNS.join(', ')}`)]
}

function checkServer(mapped: MappedTrigger, server: TopicSourceSpec['server']): readonly Diagnostic[] {
  if (server === undefined) return []
  const texts = [server].flat().map((one) => (typeof one === 'string' || isMap(one) ? writeValue(one) : ''))
  const isAll = (known: (text: string) => boolean): boolean =>
    texts.length > 0 && texts.every((text) => known(text) || text.startsWith('${secret:'))
  const takesKafka = mapped.deployed.trigger.kind === 'kafka'
  if (isAll(isNats) || (takesKafka && isAll(isKafka))) return []
  const what = takesKafka ? 'brokers of Kafka (kafka://HOST:9092) or a NATS server' : 'a NATS server'
  return [wrong(mapped, 'server', `"server" of a trigger is the address of ${what}: nats://HOST:4222`)]
}

function wrong({ deployed: { trigger } }: MappedTrigger, key: string, message: string): Diagnostic {
  return error('SLS3003', message, { pointer: `${trigger.at}/overrides/local/${key}`, on: 'value' })
}
