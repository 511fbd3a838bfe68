import { type Diagnostic, error, isMap, type MappedTrigger, writeValue } from '@anyfaas/kit'
import { MISSED_RUNS, type TopicSourceSpec } from '../spec.ts'

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
  const servers = [server].flat()
  const texts = servers.map((one) => (typeof one === 'string' || isMap(one) ? writeValue(one) : ''))
  if (texts.length > 0 && texts.every((text) => /^(nats:\/\/\S+$|\$\{secret:)/.test(text))) return []
  return [wrong(mapped, 'server', '"server" of a trigger is the address of a NATS server: nats://HOST:4222')]
}

function wrong({ deployed: { trigger } }: MappedTrigger, key: string, message: string): Diagnostic {
  return error('SLS3003', message, { pointer: `${trigger.at}/overrides/local/${key}`, on: 'value' })
}
