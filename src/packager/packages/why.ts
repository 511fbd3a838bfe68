import { dirname } from 'node:path'
import { readManifest } from '../files/json-file.ts'
import { findPackage, folderOf, neededBy, type Wanted } from './packages.ts'

/** A package that is installed, and what asks for it. */
export interface Reason {
  readonly name: string
  readonly version: string
  /** Real path. */
  readonly path: string
  /** From the service to the package, one for each that asks for it itself; the shortest first. */
  readonly chains: readonly (readonly string[])[]
}

/** Every installed version of a package that the service needs in production, or altogether, with what pulled it in. */
export function explainPackage(serviceDir: string, name: string, productionOnly: boolean): Reason[] {
  const home = folderOf('package.json', serviceDir) ?? serviceDir
  const roots = neededBy(readManifest(home), serviceDir, productionOnly ? 'production' : 'all')
  const ways = new Map<string, readonly string[]>()
  const found = new Map<string, (readonly string[])[]>()
  const queue: { readonly asked: Wanted; readonly way: readonly string[] }[] = roots.map((asked) => ({
    asked,
    way: [],
  }))
  // Breadth first, so that the first way to a package is the shortest.
  for (const { asked, way } of queue) {
    const path = findPackage(asked.name, asked.from)
    if (path === undefined) continue
    const here = [...way, asked.name]
    if (asked.name === name) found.set(path, [...(found.get(path) ?? []), here])
    if (ways.has(path)) continue
    ways.set(path, here)
    queue.push(...neededBy(readManifest(path), path, 'production').map((next) => ({ asked: next, way: here })))
  }
  return [...found].map(([path, chains]) => ({ name, version: versionOf(path), path, chains }))
}

function versionOf(path: string): string {
  const { version } = readManifest(path)
  return typeof version === 'string' ? version : dirname(path)
}
