import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A folder whose functions are classes of a framework, as its package.json tells. */
export interface CodeFirstProject {
  /** Absolute path of the service folder. */
  readonly dir: string
  /** Absolute path of the folder that the sources lie in. */
  readonly sourceDir: string
  /** The framework's major version. */
  readonly major: number
  /** The project also has functions that only the framework's own compiler finds. */
  readonly hooks: boolean
}

const FRAMEWORK = '@midwayjs/faas'
const HOOKS = '@midwayjs/hooks'

/** The project of a service folder; undefined when it is of no such framework. Costs one small file. */
export function codeFirstProject(dir: string): CodeFirstProject | undefined {
  const text = textOf(join(dir, 'package.json'))
  if (!text.includes(`"${FRAMEWORK}"`)) return undefined
  const manifest = parse(text)
  const packages = { ...manifest.devDependencies, ...manifest.dependencies }
  const range = packages[FRAMEWORK]
  if (range === undefined) return undefined
  const root = manifest['midway-integration']?.tsCodeRoot ?? 'src'
  return { dir, sourceDir: join(dir, root), major: majorOf(dir, range), hooks: HOOKS in packages }
}

interface Manifest {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly 'midway-integration'?: { readonly tsCodeRoot?: string }
}

// What is installed tells more than a range such as "*".
function majorOf(dir: string, range: string): number {
  const installed = parse(textOf(join(dir, 'node_modules', FRAMEWORK, 'package.json'))).version
  const version = /\d+/.exec(installed ?? range)?.[0]
  return version === undefined ? 3 : Number(version)
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

function parse(text: string): Manifest {
  try {
    return JSON.parse(text) as Manifest
  } catch {
    // A package.json that is broken, or not there, is the package manager's to tell.
    return {}
  }
}
