import type { DeployedUrl } from '@anyfaas/kit'
import type { FunctionSpec } from './spec.ts'

/**
 * The control API: JSON over HTTP on loopback, for who has the token.
 *
 *   GET    /v1                                          Greeting
 *   POST   /v1/shutdown                                 {} when everything has ended
 *   PUT    /v1/code/DIGEST                              a zip; GET tells whether it is there (200 or 404)
 *   GET    /v1/services/SERVICE/STAGE                   ServiceStatus
 *   PUT    /v1/services/SERVICE/STAGE                   ServiceRequest
 *   PUT    /v1/services/SERVICE/STAGE/functions/NAME    DeployRequest
 *   DELETE /v1/services/SERVICE/STAGE/functions/NAME    Removal
 *   POST   /v1/services/SERVICE/STAGE/functions/NAME/secrets   values by name -> names of those it has
 *   GET    /v1/services/SERVICE/STAGE/logs?function=&since=&tail=&follow=   LogLine a line
 */
export interface Greeting {
  readonly platform: 'anyfaas'
  readonly pid: number
  readonly version: string
}

export interface ServiceRequest {
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

export interface Removal {
  /** The platform ends: it was the last function of the last service. */
  readonly isLast: boolean
}
