import { type Diagnostic, hasErrors, type Sources } from '@anyfaas/kit'
import type { ActionIo } from './io.ts'
import type { Matrix } from './matrix.ts'
import {
  choosePlatforms,
  everyEdition,
  openProject,
  type Platform,
  type Project,
  type ProjectOptions,
  settle,
  strictly,
  tellAll,
} from './project.ts'
import { translateFor } from './translate.ts'

export type CheckOptions = ProjectOptions

export interface CheckResult {
  readonly service: string
  readonly stage: string
  /** Absolute path. */
  readonly file: string
  readonly functions: number
  /** The platforms that it was checked for. */
  readonly platforms: readonly string[]
  /** What becomes of each part on each platform; there when the platforms were asked for. */
  readonly matrix?: Matrix
  /** Why a platform that was named, on the command line or in the file, does not take the service. */
  readonly refusals: readonly Refusal[]
}

export interface Refusal {
  readonly diagnostic: Diagnostic
  readonly sources: Sources
}

/**
 * Checks the file, and what the platforms that it is for say of it. With a provider in the options the answer is a matrix
 * of all of them; without, one SlsError is thrown with every mistake.
 */
export async function check(options: CheckOptions, io: ActionIo): Promise<CheckResult> {
  const project = await openProject(options, io)
  const { service } = project
  if (options.provider !== undefined) return await survey(project, options, io)
  const platforms = service.provider.name === undefined ? [] : await choosePlatforms(project, options, io)
  const found: Diagnostic[] = []
  for (const platform of platforms) found.push(...(await translateFor(platform)).diagnostics)
  settle(project, found, options, io)
  return { ...factsOf(project, platforms), refusals: [] }
}

// `all` asks a question; a name is a demand. So only what is named can fail.
async function survey(project: Project, options: CheckOptions, io: ActionIo): Promise<CheckResult> {
  const { makeMatrix } = await import('./matrix.ts')
  const isAll = options.provider === 'all'
  const chosen = await choosePlatforms(project, options, io)
  const platforms = isAll ? everyEdition(chosen) : chosen
  const verdicts = await Promise.all(
    platforms.map(async (platform) => ({ platform, diagnostics: (await translateFor(platform)).diagnostics })),
  )
  const wanted = project.service.provider.name
  const isNamed = ({ provider, label }: Platform): boolean =>
    !isAll ||
    (wanted !== undefined &&
      (provider.name === wanted || provider.aliases.includes(wanted)) &&
      chosen.some((one) => one.label === label))
  const said = verdicts
    .filter(({ platform }) => isNamed(platform))
    .flatMap(({ diagnostics }) => diagnostics)
    .map((diagnostic) => strictly(project.locate(diagnostic), options))
  const isError = (diagnostic: Diagnostic): boolean => hasErrors([diagnostic])
  tellAll(
    said.filter((diagnostic) => !isError(diagnostic)),
    io,
  )
  return {
    ...factsOf(project, platforms),
    matrix: makeMatrix(project, verdicts),
    refusals: said.filter(isError).map((diagnostic) => ({ diagnostic, sources: project.sources })),
  }
}

function factsOf({ service, file }: Project, platforms: readonly Platform[]): Omit<CheckResult, 'matrix' | 'refusals'> {
  return {
    service: service.name,
    stage: service.stage,
    file,
    functions: service.functions.length,
    platforms: platforms.map((platform) => platform.label),
  }
}
