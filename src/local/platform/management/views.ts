import type { PlatformState, ServiceState } from '../../api.ts'
import type { AsyncCalls } from '../../async/async-calls.ts'
import type { PlatformHost } from '../services/platform-host.ts'
import type { ServiceHost } from '../services/service-host.ts'
import type { Command } from './control.ts'

const STARTED = new Date().toISOString()
const DEFAULT_LIMIT = 100

/** Everything that a console shows. */
export function stateOf({ version, services }: PlatformHost): PlatformState {
  return { version, pid: process.pid, started: STARTED, services: services.map(viewOf) }
}

function viewOf(host: ServiceHost): ServiceState {
  const { service, stage, url, open, notes } = host.status()
  const functions = host.functions.map((deployed) => deployed.view())
  return { service, stage, namespace: `${service}.${stage}`, url, ...(open && { open }), notes, functions }
}

/** `/v1/async/…`: see `api.ts`. */
export async function handleAsync(
  calls: AsyncCalls,
  { method, query }: Command,
  [area, id, verb]: readonly string[],
): Promise<object | undefined> {
  if (area === undefined) return method === 'GET' ? await calls.counts() : undefined
  if (area === 'calls' && method === 'GET') {
    const limit = Number(query.get('limit') ?? DEFAULT_LIMIT)
    return { calls: calls.list(query.get('state'), limit > 0 ? limit : DEFAULT_LIMIT) }
  }
  if (area !== 'dead' || id === undefined) return undefined
  if (method === 'POST' && id === 'replay' && verb === undefined) return { replayed: await calls.replayAll() }
  if (method === 'POST' && verb === 'replay') return await calls.replay(id)
  if (method === 'DELETE' && verb === undefined) return (await calls.discard(id)) ? {} : undefined
  return undefined
}
