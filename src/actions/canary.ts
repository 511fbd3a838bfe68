import { type Alias, type Connection, type Diagnostic, type Operations, type Trigger, warning } from '@anyfaas/kit'
import { callOf } from './connection.ts'
import type { ActionIo } from './io.ts'
import { operationsOf } from './operate.ts'
import type { Platform } from './project.ts'

/** Lets what is deployed have a share of the calls only. */
export interface CanaryWishes {
  /** The share of an alias's calls, above 0 and below 1, that the new version gets. */
  readonly canary?: number
  /** The alias; `live` when missing. */
  readonly alias?: string
}

export const USUAL_ALIAS = 'live'

/** What a canary needs of its platform. Throws SLS2004 when it lacks some of it. */
export function canaryOperations(platform: Platform, { operations }: Connection): CanaryOperations {
  return operationsOf(platform, operations, ['publish', 'aliases', 'setAlias'])
}

type CanaryOperations = Pick<Required<Operations>, 'publish' | 'aliases' | 'setAlias'>

/** Triggers that call the newest code whatever the alias says: a canary does not hold them back. */
export function passersBy(
  { service, target }: Platform,
  only: readonly string[] | undefined,
  alias: string,
): Diagnostic[] {
  return service.functions
    .filter(({ name }) => only?.includes(name) ?? true)
    .flatMap((fn) =>
      fn.triggers
        .filter((trigger) => trigger.kind !== 'event' && (trigger.qualifier ?? target.aliasOf?.(fn)) !== alias)
        .map((trigger) => passerBy(trigger, { fn: fn.name, alias })),
    )
}

/**
 * Makes a version of each function and leads a share of the alias's calls to it. An alias that is new gets it as a whole;
 * one that leads there already stays as it is.
 */
export async function beginCanary(
  operations: CanaryOperations,
  functions: readonly string[],
  { share, alias: name }: { readonly share: number; readonly alias: string },
  io: ActionIo,
): Promise<readonly Alias[]> {
  const call = callOf(io)
  const moved = functions.map(async (fn): Promise<Alias> => {
    const { id } = await operations.publish(fn, call)
    const current = (await operations.aliases(fn, call)).find((alias) => alias.name === name)
    if (current?.version === id) return current
    const alias = current
      ? { fn, name, version: current.version, canary: { version: id, share } }
      : { fn, name, version: id }
    await operations.setAlias(alias, call)
    return alias
  })
  return await Promise.all(moved)
}

function passerBy({ kind, at }: Trigger, { fn, alias }: { readonly fn: string; readonly alias: string }): Diagnostic {
  return warning('SLS5010', `the ${kind} trigger of function "${fn}" calls the newest code, not the alias "${alias}"`, {
    pointer: at,
    help: [`\`qualifier: ${alias}\` on the event lets it call the alias, once that is there`],
  })
}
