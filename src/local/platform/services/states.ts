import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isMap } from '@anyfaas/kit'
import type { Home } from '../../home.ts'
import { readJsonSync } from '../../json-file.ts'
import { type ServiceState, stateFile } from './service-state.ts'

/** Every service that was there. A deploy that was cut off before its first function leaves a folder without a state. */
export function readStates({ services }: Home): readonly ServiceState[] {
  // Where it is something else, the platform fails at making it, and says so.
  if (!statSync(services, { throwIfNoEntry: false })?.isDirectory()) return []
  return readdirSync(services)
    .map((name) => readJsonSync(stateFile(join(services, name))))
    .filter(isState)
}

function isState(value: unknown): value is ServiceState {
  if (!isMap(value)) return false
  const { service, stage, functions } = value as Partial<ServiceState>
  return typeof service === 'string' && typeof stage === 'string' && Array.isArray(functions)
}
