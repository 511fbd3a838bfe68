import { setMaxListeners } from 'node:events'
import {
  type Artifact,
  type ConnectOptions as Asked,
  type Begun,
  type Call,
  type Connection,
  type Driver,
  error,
  type Live,
  type Resource,
  SlsError,
  secretsIn,
} from '@anyfaas/kit'
import type { AddressOptions } from './address.ts'
import type { ActionIo } from './io.ts'
import type { Platform, Project } from './project.ts'

/** What a connection needs besides the project. */
export interface ConnectOptions extends AddressOptions {
  readonly artifacts?: readonly Artifact[]
  readonly heldAlias?: string
  readonly isExamined?: boolean
  /** What `beginning` gave. */
  readonly begun?: Begun | undefined
}

/** Does work of which a part makes the artifacts, while the connection begins that the rest of it takes. */
export async function beginning<T>(
  project: Project,
  platform: Platform,
  io: ActionIo,
  work: (begun: Begun | undefined) => Promise<T>,
): Promise<T> {
  const connector = await platform.target.connect?.()
  setMaxListeners(0, io.signal)
  const begun = connector?.begin?.(askedOf(project, platform, {}, io), callOf(io))
  try {
    return await work(begun)
  } finally {
    await begun?.close()
  }
}

/** Works with a connection to one platform and closes it. Throws SLS2004 when this version cannot deploy there. */
export async function withConnection<T>(
  project: Project,
  platform: Platform,
  options: ConnectOptions,
  io: ActionIo,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { connect } = platform.target
  if (!connect) throw new SlsError(cannotDeploy(platform))
  // Every request that is on its way listens; Node warns of more than ten.
  setMaxListeners(0, io.signal)
  const connector = await connect()
  const connection = await (options.begun ?? connector).connect(askedOf(project, platform, options, io))
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

/** What a connector is asked with. */
export function askedOf(
  project: Project,
  platform: Platform,
  { artifacts = [], port, heldAlias, host, isExamined }: ConnectOptions,
  io: ActionIo,
): Asked {
  return {
    service: platform.service,
    artifacts,
    env: secretEnvOf(project, io),
    ...(port !== undefined && { port }),
    ...(heldAlias !== undefined && { heldAlias }),
    ...(host !== undefined && { host }),
    ...(isExamined && { isExamined }),
    note: callOf(io).note,
  }
}

/** The drivers of a connection by the type that they move. */
export function driversOf(connection: Connection): ReadonlyMap<string, Driver> {
  return new Map(connection.drivers.map((driver) => [driver.type, driver]))
}

/** Everything of the service that is on the platform, and what stands in the way of what is desired; by type. */
export async function listLive(
  connection: Connection,
  desired: readonly Resource[],
  io: ActionIo,
): Promise<ReadonlyMap<string, readonly Live[]>> {
  const call = callOf(io)
  const lists = connection.drivers.map(async (driver) => {
    const own = desired.filter(({ type }) => type === driver.type)
    return [driver.type, await driver.list(call, own)] as const
  })
  return new Map(await Promise.all(lists))
}

export function callOf(io: ActionIo): Call {
  return { signal: io.signal, note: (name) => io.tell({ kind: 'phase', name, state: 'note' }) }
}

/** The deployer's environment with the values of the secrets that the service names, from where variables come from too. */
export function secretEnvOf({ service, env }: Project, io: ActionIo): Asked['env'] {
  const found = secretsIn(service).flatMap((name) => {
    const value = env(name)
    return value === undefined ? [] : [[name, value]]
  })
  return { ...io.env, ...Object.fromEntries(found) }
}

function cannotDeploy(platform: Platform): ReturnType<typeof error> {
  const help = [
    `sls package --provider ${platform.provider.name} makes the artifact and the spec for the platform's own tool`,
  ]
  return error('SLS2004', `this version cannot deploy to ${platform.target.title} itself`, { help })
}
