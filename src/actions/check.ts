import type { Diagnostic } from '@anyfaas/kit'
import type { ActionIo } from './io.ts'
import { choosePlatforms, openProject, type ProjectOptions, settle } from './project.ts'
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
}

/** Checks the file, and what the platforms that it is for say of it. Throws one SlsError with every mistake. */
export async function check(options: CheckOptions, io: ActionIo): Promise<CheckResult> {
  const project = await openProject(options, io)
  const { service, file } = project
  const named = options.provider !== undefined || service.provider.name !== undefined
  const platforms = named ? await choosePlatforms(project, options, io) : []
  const found: Diagnostic[] = []
  for (const platform of platforms) found.push(...(await translateFor(platform)).diagnostics)
  settle(project, found, options, io)
  return {
    service: service.name,
    stage: service.stage,
    file,
    functions: service.functions.length,
    platforms: platforms.map((platform) => platform.label),
  }
}
