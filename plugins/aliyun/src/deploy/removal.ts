import { type Call, isSlsError, SlsError, type Tree } from '@anyfaas/kit'
import { isPassing, readFailure, unlessMissing } from '../account/failures.ts'
import type { Api } from './api.ts'

/** What the platform keeps as long as something stands under it. */
export interface Holder {
  readonly api: Api
  /** As in the names of its calls: `DeleteFunction`. */
  readonly noun: 'Function' | 'Service'
  readonly path: string
  /** Whether versions and aliases stand under it. */
  readonly hasVersions: boolean
  /** What may stand under it besides versions and aliases: the list's name, in its call and in its answer. */
  readonly others: readonly ['Triggers', 'triggers'] | readonly ['Functions', 'functions']
  /** Whether such a thing is one that a deploy takes away itself, before its holder. */
  readonly isOurs: (thing: Tree) => boolean
  readonly about: string
}

/**
 * Takes a thing away; already gone is success. Its aliases and versions go first when the platform refuses because something stands
 * under it, and nothing else does: what another product hung on it keeps all of it as it is.
 */
export async function removeHolder(holder: Holder, call: Call): Promise<void> {
  const { noun, hasVersions } = holder
  try {
    await remove(holder, '', noun, call)
  } catch (first) {
    if (!isEmptying(first)) throw first
    const others = await othersUnder(holder, call)
    const foreign = others.filter((one) => !holder.isOurs(one))
    if (foreign.length > 0) throw held(first, foreign)
    if (others.length > 0 || !hasVersions) throw first
    try {
      await clear(holder, call)
      await remove(holder, '', noun, call)
    } catch (cause) {
      throw isSlsError(cause) && !isEmptying(cause) && !isPassing(cause) ? joined(first, cause) : cause
    }
  }
}

/** Whether a thing is kept only for what was taken away just now and is still counted. */
export function isEmptying(failure: unknown): boolean {
  return readFailure(failure).code.endsWith('NotEmpty')
}

// An alias leads to a version, which therefore stays as long as that.
async function clear(holder: Holder, call: Call): Promise<void> {
  const { api, noun, path, about } = holder
  for (const [thing, list, field, key] of [
    ['Alias', 'ListAliases', 'aliases', 'aliasName'],
    [`${noun}Version`, `List${noun}Versions`, 'versions', 'versionId'],
  ] as const)
    for (const item of await api.list({ action: list, path: `${path}/${field}`, about }, field, call))
      await remove(holder, `/${field}/${item[key]}`, thing, call)
}

async function remove({ api, path, about }: Holder, below: string, thing: string, call: Call): Promise<void> {
  const request = { action: `Delete${thing}`, method: 'DELETE', path: `${path}${below}`, about } as const
  await unlessMissing(api.call(request, call))
}

async function othersUnder({ api, path, others, about }: Holder, call: Call): Promise<readonly Tree[]> {
  const [list, field] = others
  return await api.list({ action: `List${list}`, path: `${path}/${field}`, about }, field, call)
}

function held(first: unknown, others: readonly Tree[]): unknown {
  if (!isSlsError(first)) return first
  const names = others.map(({ triggerName, functionName }) => triggerName ?? functionName).join(', ')
  const note = { message: `what stands there was not made by sls, and is left alone: ${names}` }
  return new SlsError(
    first.diagnostics.map((diagnostic) => ({ ...diagnostic, notes: [...(diagnostic.notes ?? []), note] })),
    { cause: first },
  )
}

function joined(first: unknown, cause: SlsError): SlsError {
  return isSlsError(first) ? new SlsError([...cause.diagnostics, ...first.diagnostics], { cause }) : cause
}
