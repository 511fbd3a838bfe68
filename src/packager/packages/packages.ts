import { existsSync, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { isRecord, type Json, namesOf, readJson, readManifest } from '../files/json-file.ts'

/** A package folder and its place in the artifact. */
export interface PlacedPackage {
  /** Such as `node_modules/a/node_modules/b`. */
  readonly at: string
  /** The real folder. */
  readonly path: string
}

/** A package that some code asks for by name. */
export interface Wanted {
  readonly name: string
  /** The folder that the asking code lies in. */
  readonly from: string
  /** It may be absent. */
  readonly optional?: boolean
}

export interface Placement {
  readonly packages: readonly PlacedPackage[]
  /** Asked for by `dependencies`, or as a root, and found nowhere. */
  readonly missing: readonly Missing[]
  /** Asked for at the root in two versions; only one can stand there. */
  readonly clashes: readonly Clash[]
}

export interface Missing extends Wanted {
  /** Asked for by the service itself, not by one of its packages. */
  readonly direct: boolean
}

export interface Clash {
  readonly name: string
  readonly paths: readonly [string, string]
}

/**
 * Everything that these packages need in production, laid out so that each finds its own versions, as npm would, beside
 * those that have their places already.
 */
export function placePackages(roots: readonly Wanted[], before: readonly PlacedPackage[] = []): Placement {
  const placed = new Map(before.map(({ at, path }) => [at, path]))
  const missing: Missing[] = []
  const clashes: Clash[] = []
  const queue: Asked[] = roots.map((root) => ({ ...root, under: '' }))
  // Breadth first: the dependencies of one package are all placed before those of the next level look around.
  for (const asked of queue) {
    const path = findPackage(asked.name, asked.from)
    if (path === undefined) {
      if (!asked.optional) missing.push({ name: asked.name, from: asked.from, direct: asked.under === '' })
      continue
    }
    const seen = visible(placed, asked)
    if (seen === path) continue
    if (seen !== undefined && asked.under === '') {
      clashes.push({ name: asked.name, paths: [seen, path] })
      continue
    }
    const at = below(seen === undefined ? '' : asked.under, asked.name)
    placed.set(at, path)
    queue.push(...neededBy(readManifest(path), path, 'production').map((need) => ({ ...need, under: at })))
  }
  return { packages: [...placed].map(([at, path]) => ({ at, path })), missing, clashes }
}

/** The real folder of a package, looked up as Node does: in every `node_modules` on the way to the root. */
export function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name)
    if (existsSync(path)) return realpathSync(path)
    if (dirname(folder) === folder) return undefined
  }
}

/** The package of an import; undefined for what belongs to Node or is no package. */
export function packageOf(path: string): string | undefined {
  if (path.startsWith('#') || path.includes(':') || isBuiltin(path)) return undefined
  const parts = path.split('/')
  return parts.slice(0, path.startsWith('@') ? 2 : 1).join('/')
}

/** The packages of a service, production ones only or all of them. */
export function servicePackages(serviceDir: string, productionOnly: boolean): Placement {
  const locked = lockedPackages(serviceDir, productionOnly)
  if (locked) return { packages: locked, missing: [], clashes: [] }
  const home = folderOf('package.json', serviceDir)
  if (home === undefined) return placePackages(installed(serviceDir))
  return placePackages(neededBy(readManifest(home), serviceDir, productionOnly ? 'production' : 'all'))
}

/** What a manifest asks for, from the folder that its code lies in. npm lists an optional dependency among the others too. */
export function neededBy(manifest: Json, from: string, which: 'production' | 'all'): Wanted[] {
  const optional = new Set([...namesOf(manifest['optionalDependencies']), ...namesOf(manifest['peerDependencies'])])
  const own = which === 'all' ? namesOf(manifest['devDependencies']) : []
  const names = new Set([...namesOf(manifest['dependencies']), ...optional, ...own])
  return [...names].map((name) => ({ name, from, optional: optional.has(name) }))
}

/** The nearest folder upwards that has such a file. */
export function folderOf(file: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, file))) return folder
    if (dirname(folder) === folder) return undefined
  }
}

interface Asked extends Wanted {
  /** The place of the package that asks; empty for the service. */
  readonly under: string
}

function visible(placed: ReadonlyMap<string, string>, { name, under }: Asked): string | undefined {
  for (let place = under; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))) {
    const path = placed.get(below(place, name))
    if (path !== undefined || place === '') return path
  }
}

function below(place: string, name: string): string {
  return place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`
}

// npm writes what it installed, with a flag on what only devDependencies need. It says nothing of what is behind links.
function lockedPackages(serviceDir: string, productionOnly: boolean): PlacedPackage[] | undefined {
  const { packages } = readJson(join(serviceDir, 'node_modules', '.package-lock.json'))
  if (!isRecord(packages)) return undefined
  const entries = Object.entries(packages).filter((entry): entry is [string, Record<string, unknown>] =>
    isRecord(entry[1]),
  )
  if (entries.some(([at, { link }]) => link === true || !/^node_modules\/(?!.*(?:^|\/)\.\.?(?:\/|$))/.test(at)))
    return undefined
  const realOf = realPathsIn(serviceDir)
  return entries
    .filter(([at, { dev }]) => !(productionOnly && dev === true) && existsSync(join(serviceDir, at)))
    .map(([at]) => ({ at, path: realOf(at) }))
}

// Of paths below a folder that is a real one. `realpathSync` alone would look at every folder on the way, for each of them.
function realPathsIn(folder: string): (name: string) => string {
  const known = new Map([['.', folder]])
  const realOf = (name: string): string => {
    const before = known.get(name)
    if (before !== undefined) return before
    const path = join(realOf(dirname(name)), basename(name))
    const real = lstatSync(path).isSymbolicLink() ? realpathSync(path) : path
    known.set(name, real)
    return real
  }
  return realOf
}

/** Whether npm has installed so many packages that their files are worth threads, as far as that can be said without a look at them. */
export function hasManyPackages(serviceDir: string): boolean {
  const stats = statSync(join(serviceDir, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false })
  return stats !== undefined && stats.size >= MANY_BYTES
}

// Of npm's list; some hundred packages.
const MANY_BYTES = 64 << 10

function installed(serviceDir: string): Wanted[] {
  const home = join(serviceDir, 'node_modules')
  if (!existsSync(home)) return []
  const names = readdirSync(home).filter((name) => !name.startsWith('.'))
  const all = names.flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(home, name)).map((own) => `${name}/${own}`) : [name],
  )
  return all.map((name) => ({ name, from: serviceDir }))
}
