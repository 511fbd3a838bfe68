import type { FunctionSpec, RouteSpec } from '../../spec.ts'
import type { FunctionHost } from '../instances/function-host.ts'
import type { Meter } from '../meter/meter.ts'

/** A function as the gateway reaches it. */
export interface Reachable {
  readonly name: string
  readonly routes: readonly RouteSpec[]
  readonly spec: Pick<FunctionSpec, 'hosts'>
  /** Throws when it cannot be called now. */
  readonly host: () => FunctionHost
  readonly meter: Meter
  /** Whether a request for it needs nothing but its method, its address and its headers. */
  readonly isPlain: boolean
}
