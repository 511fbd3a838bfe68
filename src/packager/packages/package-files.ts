import { existsSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { type Diagnostic, error, warning } from '@anyfaas/kit'
import { readManifest } from '../files/json-file.ts'
import type { Patterns } from '../files/patterns.ts'
import { choose, isPackages, type Selection, told } from '../files/service-files.ts'
import { isInside, type TreeFile } from '../files/tree.ts'
import type { Trees } from '../files/trees.ts'
import {
  type Clash,
  folderOf,
  type Missing,
  type PlacedPackage,
  placePackages,
  servicePackages,
  type Wanted,
} from './packages.ts'

export interface PackagesQuery {
  /** Real path. */
  readonly serviceDir: string
  readonly patterns: Patterns
  readonly trees: Trees
  /** What bundles ask for at run time. */
  readonly wanted: readonly Wanted[]
  /** All packages of the service are in, not only the wanted ones. */
  readonly whole: boolean
  readonly productionOnly: boolean
  /** Hears of files while others are still looked for. */
  onFound?(files: readonly TreeFile[]): void
}

/** The files of the packages that an artifact needs, at their places under `node_modules`. */
export function selectPackages(query: PackagesQuery): Selection {
  const { serviceDir, wanted, whole, productionOnly } = query
  const own = whole ? servicePackages(serviceDir, productionOnly) : placePackages([])
  const all = placePackages(wanted, own.packages)
  const projectDir = projectOf(serviceDir)
  const pnp = [...own.missing, ...all.missing].length > 0 ? findPnp(serviceDir) : undefined
  if (pnp !== undefined) return { files: [], diagnostics: [packedAway(pnp)] }
  const parts = all.packages.map((placed) => filesOf(placed, query, projectDir))
  const diagnostics = [
    ...own.missing.map((missing) => notInstalled(missing, serviceDir)),
    ...all.missing.map(leftToPlatform),
    ...[...own.clashes, ...all.clashes].map(clash),
  ]
  return {
    files: parts.flatMap(({ files }) => files),
    diagnostics: [...diagnostics, ...parts.flatMap((part) => part.diagnostics)],
  }
}

// A package may be a link into the project, as workspaces are, or into a store of packages, not to anywhere else.
function filesOf({ at, path }: PlacedPackage, query: PackagesQuery, projectDir: string): Selection {
  const { patterns, trees } = query
  if (!isInside(projectDir, path) && !path.split(sep).includes('node_modules')) {
    const fault = { name: at, path, code: 'SLS4003' as const, reason: `is a link to "${path}"` }
    return { files: [], diagnostics: patterns.decide(`${at}/package.json`, true) ? [told(fault)] : [] }
  }
  const tree = trees.read(path, { at, within: path, skip: isPackages }, 'packages')
  const chosen = choose(tree, (name) => patterns.decide(name, true))
  query.onFound?.(chosen.files)
  return chosen
}

// The folder that holds the service and what belongs to it: a workspace's or a repository's root.
function projectOf(serviceDir: string): string {
  for (let folder = serviceDir; ; folder = dirname(folder)) {
    const isRoot = existsSync(join(folder, '.git')) || existsSync(join(folder, 'pnpm-workspace.yaml'))
    if (isRoot || readManifest(folder)['workspaces'] !== undefined) return folder
    if (dirname(folder) === folder) return folderOf('package.json', serviceDir) ?? serviceDir
  }
}

// Yarn's Plug'n'Play leaves packages in archives that only its own loader reads.
function findPnp(serviceDir: string): string | undefined {
  const folder = folderOf('.pnp.cjs', serviceDir) ?? folderOf('.pnp.js', serviceDir)
  return folder && join(folder, existsSync(join(folder, '.pnp.cjs')) ? '.pnp.cjs' : '.pnp.js')
}

function packedAway(pnp: string): Diagnostic {
  return error('SLS4004', `the packages are in archives that only Yarn reads: "${pnp}"`, {
    help: [
      '"nodeLinker: node-modules" in .yarnrc.yml, and yarn install',
      'or bundle the code: "package: {bundle: true}"',
    ],
  })
}

function notInstalled({ name, direct, from }: Missing, serviceDir: string): Diagnostic {
  if (!direct) return warning('SLS4004', `the package "${name}", which "${from}" depends on, is not installed`)
  return error('SLS4004', `the package "${name}" is a dependency of the service and is not installed`, {
    help: [`npm install, in "${serviceDir}" or above it`],
  })
}

function leftToPlatform({ name }: Missing): Diagnostic {
  return warning('SLS4004', `the external package "${name}" is not installed, so the platform has to bring it`)
}

function clash({ name, paths }: Clash): Diagnostic {
  return error('SLS4002', `two versions of "${name}" would have to stand at one place: ${paths.join(' and ')}`, {
    help: ['bundle it instead of calling it external', 'or package the functions individually'],
  })
}
