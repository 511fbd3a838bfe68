import { type Call, error, type Operations, SlsError } from '@anyfaas/kit'
import { callOf, withConnection } from './connection.ts'
import type { ActionIo } from './io.ts'
import { choosePlatforms, misuse, openProject, type Platform, type Project, type ProjectOptions } from './project.ts'

export interface OperationSite<K extends keyof Operations> {
  readonly project: Project
  readonly platform: Platform
  readonly operations: Pick<Required<Operations>, K>
  readonly call: Call
}

/**
 * Works on what is deployed on one platform, by operations that it must have. Throws SLS2004 when it lacks one, and
 * SLS0002 when several platforms are named.
 */
export async function operate<K extends keyof Operations, T>(
  names: readonly K[],
  options: ProjectOptions,
  io: ActionIo,
  work: (site: OperationSite<K>) => Promise<T>,
): Promise<T> {
  const project = await openProject(options, io)
  const [platform, ...others] = await choosePlatforms(project, options, io)
  if (!platform || others.length > 0) throw misuse('this works on one provider at a time')
  return await withConnection(project, platform, {}, io, async ({ operations }) => {
    const able = operationsOf(platform, operations, names)
    return await work({ project, platform, operations: able, call: callOf(io) })
  })
}

/** The operations that a platform must have for something. Throws SLS2004 when it lacks one. */
export function operationsOf<K extends keyof Operations>(
  { target }: Platform,
  operations: Operations | undefined,
  names: readonly K[],
): Pick<Required<Operations>, K> {
  const lacking = names.find((name) => operations?.[name] === undefined)
  if (lacking !== undefined) throw new SlsError(error('SLS2004', `${target.title} cannot do this: ${lacking}`))
  return operations as Required<Operations>
}

/** The deployed functions that a command is about: those that are named, else all. Throws SLS0002 for one that is not there. */
export function deployedNames({ service }: Platform, named: readonly string[] = []): readonly string[] {
  const all = service.functions.map((fn) => fn.name)
  const stranger = named.find((name) => !all.includes(name))
  if (stranger !== undefined) throw misuse(`no function "${stranger}" is deployed`, `there are ${all.join(', ')}`)
  return named.length > 0 ? named : all
}
