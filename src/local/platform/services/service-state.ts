import { join } from 'node:path'
import type { SourcesOptions } from '../../sources/sources.ts'
import type { FunctionSpec } from '../../spec.ts'
import type { DoorPlace } from '../door/door-place.ts'
import type { TokenFile } from '../door/token-file.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import type { DeployedOptions } from './deployed.ts'
import type { GatewayOptions } from './gateway.ts'

/** What is kept of a service: everything but its secrets. */
export interface ServiceState {
  readonly service: string
  readonly stage: string
  readonly port?: number
  /** To others than this machine. */
  readonly open?: DoorPlace
  readonly functions: readonly FunctionSpec[]
}

export interface ServiceOptions
  extends Omit<DeployedOptions, 'service' | 'stage' | 'log' | 'meterOf' | 'timers' | 'secretFiles'> {
  readonly state: ServiceState
  readonly folder: string
  /** The ports of the other services. */
  readonly takenPorts: () => ReadonlySet<number>
  /** Whether timers make good what they missed while the service was down; they do when missing. */
  readonly remembersTimers?: boolean
  readonly gateway?: GatewayOptions
  /** Of those who come from elsewhere; without it nobody can. */
  readonly token?: TokenFile
  /** Of all services. */
  readonly secretStore: SecretStore
  readonly accept: SourcesOptions['accept']
  readonly ended: SourcesOptions['ended']
  /** Told when the service has other functions than before. */
  readonly onFunctions?: () => void
  readonly buckets: string
}

export function stateFile(folder: string): string {
  return join(folder, 'service.json')
}
