import type { HealthCheck, Value } from '@anyfaas/kit'
import type { AsyncSpec } from './async/retry-rule.ts'

/** A function as the local platform runs it: what `local.yml` shows and what the platform keeps. */
export interface FunctionSpec {
  readonly name: string
  readonly description?: string
  /** The zip, relative to the spec file. */
  readonly artifact: string
  /** Of the zip; absent when nothing was packaged. */
  readonly digest?: string
  /** Of what the function runs of the zip; absent when nothing was packaged, or when code was sent by other means than `sls`. */
  readonly mark?: string
  /** `sls_login.handler`: the entry file at the artifact's root and its export. Absent for a command. */
  readonly handler?: string
  /** An HTTP server of any language. */
  readonly server?: ServerSpec
  /** Seconds. */
  readonly timeout: number
  /** Seconds until it has to be ready; 10, or the timeout when that is longer, when absent. */
  readonly initTimeout?: number
  /** MB of the heap. */
  readonly memory: number
  readonly concurrency?: ConcurrencySpec
  /** Calls beyond it are refused with 429. */
  readonly rate?: RateSpec
  /** Seconds after which a process without calls ends, unless `concurrency.min` keeps it; 600 when absent. */
  readonly idle?: number
  /** Of calls whose callers do not wait. */
  readonly async?: AsyncSpec
  readonly environment: Readonly<Record<string, Value>>
  /** The names of the secrets in the environment. A live function lists those whose values it has. */
  readonly secrets: readonly string[]
  /** The names of the platform's secrets that it reads as files, in the folder that `secret_mount_path` names. */
  readonly secretFiles?: readonly string[]
  readonly routes: readonly RouteSpec[]
  /** Names by which the service may be asked besides those of this machine: its domain, and what `overrides` names. */
  readonly hosts?: readonly string[]
  readonly timers: readonly TimerSpec[]
  /** What else calls it. */
  readonly sources?: readonly SourceSpec[]
  /** Where `ctx.send` sends to. */
  readonly outputs?: readonly OutputSpec[]
}

export interface ConcurrencySpec {
  /** Calls at once in one process; no limit when absent. */
  readonly instance?: number
  /** Processes that are kept without calls. */
  readonly min?: number
  /** Processes; 1 when absent, or 8 where a process takes a limited number of calls. */
  readonly max?: number
  /** Calls that wait for a process; 100 when absent. */
  readonly queue?: number
}

export interface RateSpec {
  /** Calls a second in the long run. */
  readonly perSec: number
  /** Calls at once after a rest; as many as `perSec`, and at least one, when absent. */
  readonly burst?: number
}

export interface ServerSpec {
  /** Run in the artifact's folder, with the port to listen on in `PORT`. */
  readonly command: readonly string[]
  readonly healthCheck?: HealthCheck
}

export interface RouteSpec {
  readonly path: string
  /** Empty means every method. */
  readonly methods: readonly string[]
  /** Seconds; less than the function's own. */
  readonly timeout?: number
}

export interface TimerSpec {
  readonly name: string
  /** A cron expression (second, minute, hour, day, month, weekday, year), or every so many seconds. */
  readonly schedule: string | number
  readonly timezone: string
  readonly enabled: boolean
  readonly payload?: unknown
  /**
   * What becomes of the runs that were due while the platform was down: none is made, the last one is (when absent), or
   * all are, a hundred at most.
   */
  readonly missed?: MissedRuns
}

export type MissedRuns = (typeof MISSED_RUNS)[number]

export const MISSED_RUNS = ['skip', 'once', 'all'] as const

/** A trigger that listens to something outside of the platform. */
export type SourceSpec = MqttSourceSpec | FolderSourceSpec | TopicSourceSpec | LogSourceSpec | DaprSourceSpec

interface SourceBase {
  readonly name: string
  readonly enabled: boolean
}

/** `Address` is a `string` once its secrets are in. */
export interface MqttSourceSpec<Address = Value> extends SourceBase {
  readonly type: 'mqtt'
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`, with `user:password@` where the broker wants it. */
  readonly broker: Address
  /** With `+` and `#`. */
  readonly topic: string
  readonly qos?: 0 | 1 | 2
}

export interface FolderSourceSpec extends SourceBase {
  readonly type: 'folder'
  /** A name, or the absolute path of a folder. */
  readonly bucket: string
  /** Absolute; a folder of the platform's own, named as the bucket, when absent. */
  readonly folder?: string
  readonly events: readonly ('created' | 'removed')[]
  readonly filter?: { readonly prefix?: string; readonly suffix?: string }
}

/** Messages of the platform's own topics and queues, of subjects of NATS, or of topics of Kafka. */
export interface TopicSourceSpec<Address = Value> extends SourceBase {
  readonly type: 'topic'
  readonly kind: 'mq' | 'queue' | 'kafka'
  readonly topics: readonly string[]
  /** Of the functions of one group, one gets a message. */
  readonly group?: string
  /**
   * `nats://`, with `user:password@` where the server wants it, or of the kind `kafka` an address of `kafka-address.ts`; or several. The platform
   * itself when absent.
   */
  readonly server?: Address | readonly Address[]
  /** Of Kafka: where a group begins, `latest` when absent, `earliest` or a time. */
  readonly offset?: string
  /** Of Kafka: records in one event, 100 when absent, and the seconds that an event waits for them, none when absent. */
  readonly batch?: { readonly size?: number; readonly windowSec?: number }
}

/** Lines of a log. */
export interface LogSourceSpec extends SourceBase {
  readonly type: 'log'
  /** The name of another function of the service, or the absolute path of a file. */
  readonly source: string
  readonly project?: string
  /** See `line-filter.ts`. */
  readonly filter?: string
  /** Seconds for which lines are gathered into one event; 1 when absent. */
  readonly interval?: number
}

/** A sidecar of Dapr comes with it to the address of the service. */
export interface DaprSourceSpec extends SourceBase {
  readonly type: 'dapr'
  readonly component: string
  /** Of pub/sub; absent for an input binding. */
  readonly topic?: string
}

/** The options of its kind are in docs/local-triggers.md; texts among them may hold secrets. */
export interface OutputSpec {
  readonly name: string
  readonly kind: 'mq' | 'queue' | 'kafka' | 'mqtt' | 'http' | 'dapr'
  readonly [option: string]: unknown
}

export const FUNCTION = 'local.function'
