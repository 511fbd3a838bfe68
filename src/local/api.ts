import type { DeployedUrl, FunctionMetrics, Opened } from '@anyfaas/kit'
import type { FunctionSpec } from './spec.ts'

/**
 * The control API: JSON over HTTP on loopback, for who has the token. What a console needs of it is in docs/local-api.md.
 *
 *   GET    /v1/state                                    PlatformState
 *   GET    /v1/async                                    AsyncCounts
 *   GET    /v1/async/calls?state=&limit=                { calls: AsyncCall[] }
 *   POST   /v1/async/dead/ID/replay                     AsyncCall; without ID all of them: { replayed }
 *   DELETE /v1/async/dead/ID                            {}
 *   POST   /v1/services/SERVICE/STAGE/functions/NAME/timers/TIMER/fire   Fired
 *   GET    /v1                                          Greeting
 *   POST   /v1/shutdown                                 {} when everything has ended
 *   PUT    /v1/code/DIGEST                              a zip; GET tells whether it is there (200 or 404)
 *   GET    /v1/services/SERVICE/STAGE                   ServiceStatus
 *   PUT    /v1/services/SERVICE/STAGE                   ServiceRequest
 *   PUT    /v1/services/SERVICE/STAGE/functions/NAME    DeployRequest
 *   DELETE /v1/services/SERVICE/STAGE/functions/NAME    Removal
 *   POST   /v1/services/SERVICE/STAGE/functions/NAME/secrets   values by name -> names of those it has
 *   POST   /v1/services/SERVICE/STAGE/functions/NAME/invoke    { event } -> Invoked
 *   GET    /v1/services/SERVICE/STAGE/metrics?since=&until=    Metrics
 *   GET    /v1/services/SERVICE/STAGE/logs?function=&since=&tail=&follow=   LogLine a line
 */
export interface Greeting {
  readonly platform: 'anyfaas'
  readonly pid: number
  readonly version: string
}

export interface ServiceRequest {
  /** Where it shall be open to others: `HOST` or `HOST:PORT`; a loopback address closes it. */
  readonly host?: string
  /** The port that the service shall answer on. */
  readonly port?: number
}

export interface DeployRequest extends ServiceRequest {
  readonly spec: FunctionSpec
  /** Kept in memory only. */
  readonly secrets: Readonly<Record<string, string>>
}

export interface ServiceStatus {
  readonly service: string
  readonly stage: string
  readonly url: string
  /** Absent when only this machine reaches it. */
  readonly open?: Opened
  readonly notes: readonly string[]
  readonly functions: readonly FunctionStatus[]
}

export interface FunctionStatus {
  readonly spec: FunctionSpec
  readonly state: FunctionState
  readonly pids: readonly number[]
  readonly urls: readonly DeployedUrl[]
  /** The names of the secrets whose values it has. */
  readonly secrets: readonly string[]
  readonly notes: readonly string[]
}

/** A call whose caller does not wait, as long as it is not finished. */
export interface AsyncCall {
  readonly id: string
  readonly service: string
  readonly stage: string
  readonly function: string
  readonly state: 'waiting' | 'running' | 'dead'
  readonly method: string
  readonly path: string
  readonly accepted: string
  readonly attempts: number
  /** When it is tried again. */
  readonly next: string | null
  /** Why the last attempt failed. */
  readonly reason: string | null
}

export interface AsyncCounts {
  readonly waiting: number
  readonly running: number
  /** Waiting or running on other platforms that share the queue. */
  readonly elsewhere: number
  readonly dead: number
  /** Since the platform started. */
  readonly done: number
}

export interface PlatformState {
  readonly version: string
  readonly pid: number
  readonly started: string
  readonly services: readonly ServiceState[]
}

export interface ServiceState {
  readonly service: string
  readonly stage: string
  /** `SERVICE.STAGE`. */
  readonly namespace: string
  readonly url: string
  readonly open?: Opened
  readonly notes: readonly string[]
  readonly functions: readonly FunctionView[]
}

/** A function at this moment: see docs/local-api.md. */
export interface FunctionView {
  readonly name: string
  readonly description?: string
  readonly state: FunctionState
  readonly routes: readonly { readonly path: string; readonly methods: readonly string[] }[]
  readonly instances: readonly InstanceStatus[]
  readonly limits: {
    readonly min: number
    readonly max: number
    readonly instance: number | null
    readonly queue: number
  }
  readonly running: number
  readonly waiting: number
  readonly calls: {
    readonly total: number
    readonly errors: number
    readonly byStatus: Readonly<Record<string, number>>
    readonly byClass: Readonly<Record<string, number>>
  }
  readonly perSec: number
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null
  readonly timers: readonly TimerView[]
}

export interface TimerView {
  readonly name: string
  readonly schedule: string | number
  readonly timezone: string
  readonly enabled: boolean
  readonly next: string | null
  readonly last: string | null
}

/** One process of a function. */
export interface InstanceStatus {
  /** A `blocked` one's event loop does not answer. */
  readonly state: 'starting' | 'ready' | 'blocked' | 'ending'
  readonly pid?: number
  /** Calls. */
  readonly running: number
  readonly calls: number
  readonly started: string
}

/** `idle` has no process and gets one at its next call. */
export type FunctionState = 'running' | 'idle' | 'needs secrets'

/** The body of every answer from 400 on. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly notes?: readonly string[]
  readonly help?: readonly string[]
}

export interface Fired {
  readonly ok: boolean
  readonly durationMs: number
  readonly error?: string
}

/** What became of a call with an event. */
export interface Invoked {
  readonly requestId: string
  readonly durationMs: number
  /** What the function returned. */
  readonly value?: unknown
  /** Its class and what is said of it. */
  readonly error?: { readonly type: string; readonly message: string }
}

/** Since the platform started, of the last day at most. */
export interface Metrics {
  readonly functions: readonly FunctionMetrics[]
}

export interface Removal {
  /** The platform ends: it was the last function of the last service. */
  readonly isLast: boolean
}
