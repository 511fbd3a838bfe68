import { join } from 'node:path'
import type { FunctionSpec } from '../spec.ts'

/** What is kept of a service: everything but its secrets. */
export interface ServiceState {
  readonly service: string
  readonly stage: string
  readonly port?: number
  readonly functions: readonly FunctionSpec[]
}

export function stateFile(folder: string): string {
  return join(folder, 'service.json')
}
