import type { Pointer } from './diagnostic.ts'
import type { Schedule } from './schedule.ts'
import type { Value } from './value.ts'

/** What every trigger has. */
interface Base {
  /** Where it stands in the canonical file: `/functions/NAME/events/0/KIND`. */
  readonly at: Pointer
  readonly name?: string
  readonly enabled: boolean
  /** The version or alias of the function that it calls. */
  readonly qualifier?: string
  readonly role?: string
  /** Provider -> raw settings, merged last into what this trigger becomes. */
  readonly overrides?: Readonly<Record<string, unknown>>
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'HEAD' | 'OPTIONS'

export const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']

export interface Cors {
  readonly origins: readonly string[]
  readonly methods?: readonly Method[]
  readonly headers?: readonly string[]
  readonly exposeHeaders?: readonly string[]
  readonly maxAgeSec?: number
  readonly credentials?: boolean
}

export type Auth =
  | { readonly kind: 'none' }
  | { readonly kind: 'iam' }
  | {
      readonly kind: 'jwt'
      readonly issuer?: string
      readonly audience?: readonly string[]
      readonly jwks?: string
      /** Where the token is, such as `header:Authorization`. */
      readonly source?: string
    }

export interface HttpTrigger extends Base {
  readonly kind: 'http'
  /** Canonical: `/a/:id`, or with a last segment `/*`. */
  readonly path: string
  /** Empty means every method. */
  readonly methods: readonly Method[]
  readonly cors?: Cors
  readonly auth: Auth
  readonly timeoutSec?: number
  readonly streaming?: boolean
}

export interface TimerTrigger extends Base {
  readonly kind: 'timer'
  readonly schedule: Schedule
  /** An IANA time zone; `UTC` when the file names none. */
  readonly timezone: string
  readonly payload?: unknown
}

export interface Batch {
  readonly size?: number
  readonly windowSec?: number
}

export interface OsTrigger extends Base {
  readonly kind: 'os'
  readonly bucket: string
  /** `created`, `removed`, with a sub-kind as `created:put`, or the vendor's own names. */
  readonly events: readonly string[]
  readonly filter?: { readonly prefix?: string; readonly suffix?: string }
}

export interface MqTrigger extends Base {
  readonly kind: 'mq'
  readonly topic: string
  readonly filter?: unknown
  readonly tags?: readonly string[]
  readonly format?: string
  readonly retry?: string
  readonly region?: string
}

export interface QueueTrigger extends Base {
  readonly kind: 'queue'
  readonly queue: string
  readonly batch?: Batch
  readonly visibilitySec?: number
}

export interface KafkaTrigger extends Base {
  readonly kind: 'kafka'
  readonly brokers?: readonly string[]
  readonly instance?: string
  readonly topics: readonly string[]
  readonly group?: string
  /** `latest`, `earliest`, or a time. */
  readonly offset?: string
  readonly batch?: Batch
}

export interface MqttTrigger extends Base {
  readonly kind: 'mqtt'
  readonly broker?: Value
  readonly instance?: string
  readonly topic: string
  readonly qos?: 0 | 1 | 2
}

export interface LogTrigger extends Base {
  readonly kind: 'log'
  readonly source: string
  readonly project?: string
  readonly log?: string
  readonly retry?: number
  readonly intervalSec?: number
  readonly filter?: string
}

export interface TableTrigger extends Base {
  readonly kind: 'table'
  readonly table: string
  readonly instance?: string
  readonly batch?: Batch
}

export interface StreamTrigger extends Base {
  readonly kind: 'stream'
  readonly stream: string
  readonly position?: string
  readonly batch?: Batch
}

export interface CdnTrigger extends Base {
  readonly kind: 'cdn'
  readonly events: readonly string[]
  readonly domains: readonly string[]
}

export interface EventbusTrigger extends Base {
  readonly kind: 'eventbus'
  readonly bus?: string
  readonly pattern?: unknown
}

export interface DaprTrigger extends Base {
  readonly kind: 'dapr'
  readonly component: string
  /** A pub/sub topic; absent means an input binding. */
  readonly topic?: string
  readonly components?: Readonly<Record<string, unknown>>
}

/** Anything the platform can invoke a function with. */
export interface EventTrigger extends Base {
  readonly kind: 'event'
}

export type Trigger =
  | HttpTrigger
  | TimerTrigger
  | OsTrigger
  | MqTrigger
  | QueueTrigger
  | KafkaTrigger
  | MqttTrigger
  | LogTrigger
  | TableTrigger
  | StreamTrigger
  | CdnTrigger
  | EventbusTrigger
  | DaprTrigger
  | EventTrigger

export type TriggerKind = Trigger['kind']

export type TriggerOf<K extends TriggerKind> = Extract<Trigger, { kind: K }>
