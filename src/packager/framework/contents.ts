import { readFileSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fn, FrameworkCode, Service } from '@anyfaas/kit'
import { mayHoldAccessKey } from '../files/secrets.ts'
import { isPackages } from '../files/service-files.ts'
import { readTree } from '../files/tree.ts'
import type { Wanted } from '../packages/packages.ts'
import { bytesSource } from '../work/content.ts'
import type { PackEntry } from '../work/entries-key.ts'
import { compileSources } from './compile.ts'
import { FRAMEWORK_MODULE } from './framework.ts'
import { FRAMEWORK_RUNTIME, frameworkHandlers, frameworkModule } from './module.ts'
import { frameworkProject } from './project.ts'

export interface FrameworkQuery {
  readonly service: Service
  readonly functions: readonly Fn[]
  readonly framework: FrameworkCode
  /** Real path. */
  readonly serviceDir: string
}

export interface FrameworkContents {
  readonly entries: readonly PackEntry[]
  readonly wanted: readonly Wanted[]
  /** True for a file of the service folder that something here stands for. */
  replaces(name: string): boolean
}

/** What an artifact holds for functions of a framework: its sources compiled to `dist`, and the module that starts it. */
export function frameworkContents({ service, functions, framework, serviceDir }: FrameworkQuery): FrameworkContents {
  const { major, sourceDir, wanted } = frameworkProject(service, framework, serviceDir)
  const module = frameworkModule(`./${RUNTIME}`, { major, handlers: frameworkHandlers(functions) }, '__dirname')
  const generated = [
    bytesEntry(FRAMEWORK_MODULE, Buffer.from(module)),
    bytesEntry(RUNTIME, readFileSync(fileURLToPath(FRAMEWORK_RUNTIME))),
  ]
  if (sourceDir === undefined) return { entries: generated, wanted, replaces: () => false }
  const compiled = compileSources(serviceDir, sourceDir).map(({ name, bytes }) => bytesEntry(`${DIST}/${name}`, bytes))
  const home = relative(serviceDir, sourceDir).split(sep).join('/')
  return {
    entries: [...generated, ...besides(sourceDir), ...compiled],
    wanted,
    replaces: (name) => name.startsWith(`${DIST}/`) || (name.startsWith(`${home}/`) && name.endsWith('.ts')),
  }
}

const RUNTIME = 'sls_framework.cjs'
// Where the framework looks for what was compiled.
const DIST = 'dist'

// Templates, JSON and the like lie beside the sources, and are looked for beside what was made of them.
function besides(sourceDir: string): PackEntry[] {
  return readTree(sourceDir, { within: sourceDir, skip: isPackages })
    .files.filter(({ name }) => !/\.(tsx?|jsx|vue|css|less|scss)$/.test(name))
    .map((file) => ({
      name: `${DIST}/${file.name}`,
      executable: file.executable,
      source: file,
      scan: mayHoldAccessKey(file),
    }))
}

function bytesEntry(name: string, bytes: Buffer): PackEntry {
  return { name, executable: false, source: bytesSource(bytes), scan: false }
}
