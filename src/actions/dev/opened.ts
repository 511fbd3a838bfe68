import { type Diagnostic, type Fn, membersOf, warning } from '@anyfaas/kit'
import type { FunctionSpec } from '../../local/spec.ts'
import { translator } from '../../local/translation/translate.ts'
import type { ActionIo } from '../io.ts'
import { choosePlatforms, misuse, openProject, type Platform, type Project, type ProjectOptions } from '../project.ts'

/** A service file as it was read last, and what the local platform makes of it. */
export interface Opened {
  readonly project: Project
  /** Whose events the functions see. */
  readonly platform: Platform
  readonly functions: readonly Fn[]
  /** Some functions stand in the code alone. */
  readonly isCodeFirst: boolean
  readonly specs: ReadonlyMap<string, FunctionSpec>
  making(fn: Fn): { readonly project: Project; readonly platform: Platform }
}

/** Reads the service file. Throws one SlsError with all its mistakes; tells what will not happen on this machine. */
export async function openService(options: ProjectOptions, io: ActionIo): Promise<Opened> {
  const project = await openProject(options, io)
  const name = options.provider ?? project.service.provider.name ?? 'local'
  const [platform, ...others] = await choosePlatforms(project, { ...options, provider: name }, io)
  if (!platform || others.length > 0) throw misuse('one provider at a time can lend its events')
  const [local = platform] = await choosePlatforms(project, { ...options, provider: 'local' }, io)
  const { service } = platform
  const { resources, diagnostics } = translator.translate(service, {})
  for (const one of diagnostics.filter(({ severity }) => severity === 'error').map(weaken)) {
    io.tell({ kind: 'diagnostic', diagnostic: project.locate(one), sources: project.sources })
  }
  const specs = new Map(resources.map(({ spec }) => [(spec as FunctionSpec).name, spec as FunctionSpec]))
  return {
    project,
    platform,
    functions: service.functions,
    isCodeFirst: service.functions
      .flatMap(membersOf)
      .some(({ code }) => code.kind === 'handler' && code.framework !== undefined),
    specs,
    // A server knows no platform's events, and runs on this machine.
    making: ({ code }) => ({ project, platform: code.kind === 'custom' ? local : platform }),
  }
}

// What keeps a service from being deployed here keeps nobody from working on the rest of it.
function weaken(diagnostic: Diagnostic): Diagnostic {
  const { code, message, severity: _, ...rest } = diagnostic
  return warning(code, message, rest)
}
