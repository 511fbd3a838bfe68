import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Diagnostic, error, type FrameworkCode, type Service, SlsError } from '@anyfaas/kit'
import { findPackage, type Wanted } from '../packages/packages.ts'
import { FRAMEWORK, OWNERS, PARSER } from '../runtime/names.ts'

/** What the packager has to know of a framework's project. */
export interface FrameworkProject {
  readonly major: number
  /** Absolute path of the folder of sources; undefined when the project compiles itself, to `dist`. */
  readonly sourceDir: string | undefined
  /** Packages that the generated module needs, whether the project lists them or not. */
  readonly wanted: readonly Wanted[]
}

/** Looks at what is installed. SLS4004 when the framework, or what it reads requests with, is not. */
export function frameworkProject(service: Service, code: FrameworkCode, serviceDir: string): FrameworkProject {
  const { major, sources } = code
  if (findPackage(FRAMEWORK, serviceDir) === undefined) throw new SlsError(notInstalled(FRAMEWORK, major))
  const owners = OWNERS.flatMap((owner) => findPackage(owner, serviceDir) ?? [])
  const from = [serviceDir, ...owners].find((folder) => findPackage(PARSER, folder) !== undefined)
  if (from === undefined) throw new SlsError(notInstalled(PARSER, Math.min(major, 3)))
  const sourceDir = join(serviceDir, sources)
  const compiles = service.package.bundle !== false && existsSync(sourceDir)
  return { major, sourceDir: compiles ? sourceDir : undefined, wanted: [{ name: PARSER, from }] }
}

function notInstalled(name: string, major: number): Diagnostic {
  return error('SLS4004', `the package "${name}" is not installed, and the functions run by it`, {
    pointer: '/functions',
    on: 'key',
    help: [`npm install ${name}@${major}`],
  })
}
