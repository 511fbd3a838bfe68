import type { TimerData } from './event-data.ts'
import type { EventInput } from './input.ts'
import type { Manifest } from './manifest.ts'

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md */
export interface CloudEvent<T = unknown> {
  readonly specversion: '1.0'
  readonly id: string
  /** `/SERVICE/FUNCTION`, and `/TRIGGER` where the trigger has a name. An event bus names its own sources. */
  readonly source: string
  /** `anyfaas.KIND`, the same on every platform. An event bus has types of its own. */
  readonly type: string
  readonly subject?: string
  /** ISO 8601, UTC. */
  readonly time: string
  readonly datacontenttype: string
  readonly data: T
}

export function makeCloudEvent(input: EventInput, member: string, manifest: Manifest): CloudEvent {
  const path = [manifest.service, member, ...(input.trigger ? [input.trigger] : [])]
  return {
    specversion: '1.0',
    id: input.id || input.requestId,
    source: `/${path.map(encodeURIComponent).join('/')}`,
    type: `anyfaas.${input.kind}`,
    ...(input.subject ? { subject: input.subject } : {}),
    time: isoTime(input.time),
    datacontenttype: input.data instanceof Uint8Array ? 'application/octet-stream' : 'application/json',
    ...input.attributes,
    data: input.data,
  }
}

/** The data of a timer, which is the same on every platform. */
export function timerData(name: string | undefined, time: string | number | undefined, payload: unknown): TimerData {
  return { name, time: isoTime(time), payload }
}

/** Now, when the platform gave none or one that nobody can read. */
export function isoTime(time: string | number | undefined): string {
  const date = time === undefined ? new Date() : new Date(time)
  return (Number.isNaN(date.getTime()) ? new Date() : date).toISOString()
}
