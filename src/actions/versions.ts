import { type Alias, error, SlsError, type Version } from '@anyfaas/kit'
import type { ActionIo } from './io.ts'
import { deployedNames, operate } from './operate.ts'
import { misuse, type ProjectOptions } from './project.ts'

export interface VersionsOptions extends ProjectOptions {
  /** All functions when empty. */
  readonly functions?: readonly string[]
}

export interface VersionsResult {
  readonly functions: readonly FunctionVersions[]
}

export interface FunctionVersions {
  readonly function: string
  /** Newest first. */
  readonly versions: readonly Version[]
  readonly aliases: readonly Alias[]
}

export interface AliasOptions extends ProjectOptions {
  readonly function: string
  readonly name: string
  /** A version, or `latest`: what is deployed now becomes a version. */
  readonly version: string
  /** The share of calls, above 0 and below 1, that another version gets. */
  readonly canary?: { readonly version: string; readonly share: number }
}

export interface AliasRemoval extends ProjectOptions {
  readonly function: string
  readonly name: string
}

export interface ShiftOptions extends ProjectOptions {
  readonly functions?: readonly string[]
  /** The alias that is moved. */
  readonly alias: string
}

export interface RollbackOptions extends ShiftOptions {
  /** The version to go back to; the one before when missing. */
  readonly to?: string
}

export interface ShiftResult {
  readonly aliases: readonly Alias[]
}

/** The versions and aliases of deployed functions. */
export async function versions(options: VersionsOptions, io: ActionIo): Promise<VersionsResult> {
  return await operate(['versions', 'aliases'], options, io, async ({ platform, operations, call }) => {
    const names = deployedNames(platform, options.functions)
    const read = names.map(async (name) => ({
      function: name,
      versions: await operations.versions(name, call),
      aliases: await operations.aliases(name, call),
    }))
    return { functions: await Promise.all(read) }
  })
}

/** Makes a version of what is deployed now, of each function. */
export async function publish(
  options: VersionsOptions,
  io: ActionIo,
): Promise<{ readonly versions: readonly Version[] }> {
  return await operate(['publish'], options, io, async ({ platform, operations, call }) => {
    const made = deployedNames(platform, options.functions).map((name) => operations.publish(name, call))
    return { versions: await Promise.all(made) }
  })
}

/** Creates an alias or moves it. */
export async function setAlias(options: AliasOptions, io: ActionIo): Promise<ShiftResult> {
  return await operate(['setAlias', 'publish'], options, io, async ({ platform, operations, call }) => {
    const [fn = ''] = deployedNames(platform, [options.function])
    const { name, canary } = options
    const version = options.version === 'latest' ? (await operations.publish(fn, call)).id : options.version
    const alias = { fn, name, version, ...(canary && { canary }) }
    await operations.setAlias(alias, call)
    return { aliases: [alias] }
  })
}

/** Takes an alias of a function away. Throws SLS0002 when it has no such alias. */
export async function removeAlias(options: AliasRemoval, io: ActionIo): Promise<{ readonly removed: string }> {
  return await operate(['aliases', 'removeAlias'], options, io, async ({ platform, operations, call }) => {
    const [fn = ''] = deployedNames(platform, [options.function])
    const { name } = options
    const known = (await operations.aliases(fn, call)).map((alias) => alias.name)
    if (!known.includes(name))
      throw misuse(
        `function "${fn}" has no alias "${name}"`,
        known.length > 0 ? `it has ${known.join(', ')}` : undefined,
      )
    await operations.removeAlias(fn, name, call)
    return { removed: `${fn}: ${name}` }
  })
}

/** Gives an alias's second version all of its calls. Functions whose alias has none are left as they are. */
export async function promote(options: ShiftOptions, io: ActionIo): Promise<ShiftResult> {
  return await shift(options, io, async ({ fn, name, canary }) =>
    canary ? { fn, name, version: canary.version } : undefined,
  )
}

/** Takes an alias back: to the version before, or to the one that is named. A second version gets no more calls. */
export async function rollback(options: RollbackOptions, io: ActionIo): Promise<ShiftResult> {
  return await shift(options, io, async (alias, known) => {
    const { fn, name, version, canary } = alias
    // The version before a canary is the one that still gets most of the calls.
    const to = options.to ?? (canary ? version : known[known.findIndex(({ id }) => id === version) + 1]?.id)
    if (to === undefined || !known.some(({ id }) => id === to))
      throw noVersion(fn, options.to ?? 'before the current one')
    return { fn, name, version: to }
  })
}

async function shift(
  options: ShiftOptions,
  io: ActionIo,
  next: (alias: Alias, known: readonly Version[]) => Promise<Alias | undefined>,
): Promise<ShiftResult> {
  return await operate(['versions', 'aliases', 'setAlias'], options, io, async ({ platform, operations, call }) => {
    const names = deployedNames(platform, options.functions)
    const found = await Promise.all(names.map((name) => operations.aliases(name, call)))
    const own = found.flat().filter(({ name }) => name === options.alias)
    if (own.length === 0)
      throw misuse(`no function has an alias "${options.alias}"`, 'sls versions shows what there is')
    const moves = await Promise.all(own.map(async (alias) => next(alias, await operations.versions(alias.fn, call))))
    const wanted = moves.filter((alias) => alias !== undefined)
    // Decided for all before the first one moves, so that a mistake leaves nothing half done.
    for (const alias of wanted) await operations.setAlias(alias, call)
    return { aliases: wanted }
  })
}

function noVersion(fn: string, which: string): SlsError {
  return new SlsError(
    error('SLS5008', `function "${fn}" has no version ${which}`, { help: ['sls versions shows what there is'] }),
  )
}
