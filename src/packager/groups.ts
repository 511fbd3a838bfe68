import { resolve } from 'node:path'
import { artifactName, type Fn, membersOf, type PackageOptions, type Service } from '@anyfaas/kit'

/** The functions that travel in one artifact. */
export interface Group {
  /** Absolute path of the artifact. */
  readonly path: string
  /** Absolute path of the zip that `package.artifact` names in the service folder: used as it is when it is there. */
  readonly given?: string
  readonly functions: readonly Fn[]
  /** The patterns of the service and of all its functions here, in the order of the file. */
  readonly patterns: readonly string[]
  readonly productionOnly: boolean
  /** Of packages, only files that the code requires. */
  readonly traced?: boolean
}

export interface GroupRequest {
  readonly service: Service
  readonly serviceDir: string
  readonly outDir: string
}

/** Which functions share an artifact. A function that runs in a container image has none. */
export function groupFunctions({ service, serviceDir, outDir }: GroupRequest): Group[] {
  const groups = new Map<string, Fn[]>()
  for (const fn of service.functions) {
    if (fn.code.kind === 'container') continue
    const path = resolve(outDir, artifactName(service, fn))
    groups.set(path, [...(groups.get(path) ?? []), fn])
  }
  return [...groups].map(([path, functions]) => {
    const options = functions.map((fn) => packageOptionsOf(service, fn))
    const [named] = options.flatMap(({ artifact }) => artifact ?? [])
    return {
      path,
      ...(named !== undefined && { given: resolve(serviceDir, named) }),
      functions,
      patterns: [...service.package.patterns, ...functions.flatMap(ownPatterns)],
      productionOnly: options.every(({ excludeDevDependencies }) => excludeDevDependencies),
      traced: options.every(({ trace }) => trace === true),
    }
  })
}

/** The package options of a function, or of a member where it runs: its own over the function's over the service's. */
export function packageOptionsOf(service: Service, fn: Fn, member: Fn = fn): PackageOptions {
  return { ...service.package, ...fn.package, ...member.package }
}

function ownPatterns(fn: Fn): readonly string[] {
  const members = membersOf(fn).filter((member) => member !== fn)
  return [...members, fn].flatMap((each) => each.package?.patterns ?? [])
}
