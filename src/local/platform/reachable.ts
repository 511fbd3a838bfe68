import type { RouteSpec } from '../spec.ts'
import type { FunctionHost } from './function-host.ts'
import type { Meter } from './meter.ts'

/** A function as the gateway reaches it. */
export interface Reachable {
  readonly name: string
  readonly routes: readonly RouteSpec[]
  /** Throws when it cannot be called now. */
  readonly host: () => FunctionHost
  readonly meter: Meter
}
