import { canonicalRuntime, type Fn, type Service } from '@anyfaas/kit'
import { writeService } from '../config/write.ts'
import type { ActionIo } from './io.ts'
import { choosePlatforms, openProject, type Platform, type ProjectOptions } from './project.ts'
import { writeYaml } from './yaml.ts'

export type PrintOptions = ProjectOptions

export interface PrintResult {
  /** The file in canonical spelling: variables, stages and defaults resolved, secrets as references. */
  readonly document: Readonly<Record<string, unknown>>
  /** The document as YAML. */
  yaml(): string
}

/** The service as it will be understood. */
export async function print(options: PrintOptions, io: ActionIo): Promise<PrintResult> {
  const project = await openProject(options, io)
  const named = options.provider !== undefined || project.service.provider.name !== undefined
  const [platform] = named ? await choosePlatforms(project, options, io) : []
  const resolved = platform ? withRuntimes(platform) : project.service
  const document = writeService(resolved)
  return { document, yaml: () => writeYaml(document).toString() }
}

// `nodejs` is shown as the version that it means on the platform.
function withRuntimes({ service, target, provider }: Platform): Service {
  const change = (fn: Fn): Fn => {
    const runtime = canonicalRuntime(target.facts, fn.runtime)
    return fn.code.kind === 'aggregate'
      ? { ...fn, runtime, code: { ...fn.code, members: fn.code.members.map(change) } }
      : { ...fn, runtime }
  }
  return {
    ...service,
    provider: { ...service.provider, name: provider.name },
    functions: service.functions.map(change),
    undeployed: service.undeployed.map(change),
  }
}
