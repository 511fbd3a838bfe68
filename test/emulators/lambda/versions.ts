import { Refusal } from '../refusal.ts'
import type { Tree } from './schema.ts'
import { arnOf, type Calls, type Facet, type Fn, nameOf, type Provisioned, type World } from './world.ts'

/** Versions and aliases of functions. */
export function versionCalls(world: World): Calls {
  const alias = (fn: Fn, FunctionName: unknown, name: unknown): Tree => {
    const found = fn.aliases.get(String(name))
    if (!found) throw missing(`Alias not found: ${arnOf(nameOf(FunctionName))}:${name}`)
    return found
  }
  const checked = (fn: Fn, { FunctionVersion, RoutingConfig }: Tree): void => {
    const { AdditionalVersionWeights = {} } = (RoutingConfig ?? {}) as { AdditionalVersionWeights?: Tree }
    for (const id of [FunctionVersion, ...Object.keys(AdditionalVersionWeights)])
      if (id !== undefined && !fn.versions.some(({ Version }) => Version === id))
        throw missing(`Function not found: ${id}`)
  }
  return {
    ListVersionsByFunction: ({ FunctionName }) => {
      const fn = world.fn(FunctionName)
      return { Versions: [{ ...fn.config, Version: '$LATEST' }, ...fn.versions] }
    },
    PublishVersion: ({ FunctionName }) => publish(world.fn(FunctionName)),
    ListAliases: ({ FunctionName }) => ({ Aliases: [...world.fn(FunctionName).aliases.values()] }),
    GetAlias: ({ FunctionName, Name }) => alias(world.fn(FunctionName), FunctionName, Name),
    CreateAlias: ({ FunctionName, ...given }) => {
      const fn = world.fn(FunctionName)
      const name = String(given['Name'])
      if (/^\d+$/.test(name)) throw invalid(`Alias ${name} must not be a number.`)
      const AliasArn = `${arnOf(nameOf(FunctionName))}:${name}`
      if (fn.aliases.has(name)) throw new Refusal(409, 'ResourceConflictException', `Alias already exists: ${AliasArn}`)
      checked(fn, given)
      const made = { Description: '', ...given, AliasArn }
      fn.aliases.set(name, made)
      return made
    },
    UpdateAlias: ({ FunctionName, ...given }) => {
      const fn = world.fn(FunctionName)
      const found = alias(fn, FunctionName, given['Name'])
      checked(fn, given)
      const { provisioned } = fn.facets.get(String(given['Name'])) ?? {}
      // Instances of the new version take the place of those of the old one.
      if (provisioned && given['FunctionVersion'] !== found['FunctionVersion'])
        begin(provisioned, world, String(given['FunctionVersion']), fn)
      return Object.assign(found, given)
    },
    DeleteAlias: ({ FunctionName, Name }) => {
      const fn = world.fn(FunctionName)
      if (fn.facets.get(String(Name))?.provisioned)
        throw new Refusal(409, 'ResourceConflictException', 'Alias has a Provisioned Concurrency Config')
      fn.aliases.delete(String(Name))
      fn.facets.delete(String(Name))
      return {}
    },
  }
}

/**
 * Instances that are kept ready: in progress for a while, then there, or failed when the code does not start, which a variable
 * FAIL_INIT lets it not do.
 */
export function provisionedCalls(world: World): Calls {
  const of = (FunctionName: unknown, Qualifier: unknown): Facet & { provisioned: Provisioned } => {
    const facet = world.facet(FunctionName, Qualifier)
    if (!facet.provisioned)
      throw new Refusal(
        404,
        'ProvisionedConcurrencyConfigNotFoundException',
        'No Provisioned Concurrency Config found for this function',
      )
    return facet as Facet & { provisioned: Provisioned }
  }
  return {
    PutProvisionedConcurrencyConfig: ({ FunctionName, Qualifier, ProvisionedConcurrentExecutions }) => {
      if (Qualifier === '$LATEST')
        throw invalid('Provisioned Concurrency Configs cannot be applied to unpublished function versions.')
      const count = Number(ProvisionedConcurrentExecutions)
      if (count < 1) throw invalid("'provisionedConcurrentExecutions' failed to satisfy constraint: at least 1")
      const fn = world.fn(FunctionName)
      if (fn.reserved !== undefined && count > fn.reserved)
        throw invalid(
          'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
        )
      const facet = world.facet(FunctionName, Qualifier)
      if (facet.provisioned && facet.provisioned.busyUntil > performance.now())
        throw new Refusal(409, 'ResourceConflictException', 'A Provisioned Concurrency Config update is in progress')
      facet.provisioned = { count, busyUntil: 0 }
      begin(facet.provisioned, world, String(world.version(FunctionName, Qualifier)['Version']), fn)
      return toldOf(facet.provisioned)
    },
    GetProvisionedConcurrencyConfig: ({ FunctionName, Qualifier }) => toldOf(of(FunctionName, Qualifier).provisioned),
    DeleteProvisionedConcurrencyConfig: ({ FunctionName, Qualifier }) => {
      delete (of(FunctionName, Qualifier) as Facet).provisioned
      return {}
    },
  }
}

function publish(fn: Fn): Tree {
  const last = fn.versions.at(-1)
  const words = ({ LastModified: _, Version: __, FunctionArn: ___, ...config }: Tree): string => JSON.stringify(config)
  if (last && words(last) === words(fn.config)) return last
  const Version = String(fn.versions.length + 1)
  const version = { ...fn.config, Version, FunctionArn: `${fn.config['FunctionArn']}:${Version}` }
  fn.versions.push(version)
  return version
}

function begin(provisioned: Provisioned, world: World, id: string, { versions }: Fn): void {
  const { Environment } = versions.find(({ Version }) => Version === id) ?? {}
  const { Variables = {} } = (Environment ?? {}) as { Variables?: Tree }
  provisioned.busyUntil = performance.now() + world.settleMs()
  delete provisioned.failure
  if ('FAIL_INIT' in Variables) provisioned.failure = 'FUNCTION_ERROR_INIT_FAILURE'
}

function toldOf({ count, busyUntil, failure }: Provisioned): Tree {
  const isBusy = busyUntil > performance.now()
  const made = isBusy || failure !== undefined ? 0 : count
  return {
    RequestedProvisionedConcurrentExecutions: count,
    AvailableProvisionedConcurrentExecutions: made,
    AllocatedProvisionedConcurrentExecutions: made,
    Status: isBusy ? 'IN_PROGRESS' : failure === undefined ? 'READY' : 'FAILED',
    ...(!isBusy && failure !== undefined && { StatusReason: failure }),
  }
}

function missing(message: string): Refusal {
  return new Refusal(404, 'ResourceNotFoundException', message)
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'InvalidParameterValueException', message)
}
