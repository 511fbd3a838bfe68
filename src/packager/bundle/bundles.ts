import { extname } from 'node:path'
import { type Diagnostic, isSlsError, type PackageOptions, SlsError } from '@anyfaas/kit'
import type { ModuleRef } from '../code/entry.ts'
import type { Wanted } from '../packages/packages.ts'
import { type BundleInput, type BundleRequest, CHUNKS } from './bundle.ts'
import type { BundledFile } from './common-js.ts'
import { bundleInside } from './inside-bundle.ts'

/** A module to bundle, with the options of the function that it belongs to. */
export interface Source {
  readonly path: string
  /** Name in the artifact, without an extension. */
  readonly out: string
  readonly options: PackageOptions
  /** Something starts it by its name, so it is in the module system that `.js` means where it lies. */
  readonly isServer?: boolean
}

export interface BundlesQuery {
  readonly serviceDir: string
  readonly target: string
  readonly sources: readonly Source[]
  /** Whether source maps hold the sources themselves. */
  readonly withSources: boolean
  /** How Node reads a `.js` file of this name in the artifact. */
  scope(name: string): 'cjs' | 'esm'
}

export interface Bundles {
  readonly files: readonly BundledFile[]
  /** Source path -> the bundle that it became. */
  readonly modules: ReadonlyMap<string, ModuleRef>
  readonly outside: readonly Wanted[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Bundles all modules of an artifact: those with the same options in one run. */
export async function bundleModules(query: BundlesQuery): Promise<Bundles> {
  const modules = new Map<string, ModuleRef>()
  const runs = new Map<string, Omit<BundleRequest, 'plugin'> & { readonly inputs: BundleInput[] }>()
  for (const source of query.sources) {
    const out = freeName(source, modules)
    const scope = query.scope(`${out}.js`)
    const options = typeof source.options.bundle === 'object' ? source.options.bundle : {}
    // CommonJS starts faster, and every version of Node.js that a platform has can load it.
    const format = options.format ?? (source.isServer ? scope : 'cjs')
    const isPlain = format === scope && format === query.scope(`${CHUNKS}/x.js`)
    const extension = isPlain ? '.js' : format === 'esm' ? '.mjs' : '.cjs'
    modules.set(source.path, { name: out + extension, module: format })
    const key = JSON.stringify([options, extension])
    const { serviceDir, target, withSources } = query
    const run = runs.get(key) ?? { serviceDir, target, withSources, options, extension, format, inputs: [] }
    run.inputs.push({ path: source.path, out })
    runs.set(key, run)
  }
  const bundles = await settle([...runs.values()].map(bundleInside))
  return {
    modules,
    files: bundles.flatMap(({ files }) => files),
    outside: bundles.flatMap(({ wanted }) => wanted),
    diagnostics: bundles.flatMap(({ diagnostics }) => diagnostics),
  }
}

// One failure does not hide another.
async function settle<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const mistakes: Diagnostic[] = []
  const done: T[] = []
  for (const outcome of await Promise.allSettled(work)) {
    if (outcome.status === 'fulfilled') done.push(outcome.value)
    else if (isSlsError(outcome.reason)) mistakes.push(...outcome.reason.diagnostics)
    else throw outcome.reason
  }
  if (mistakes.length > 0) throw new SlsError(mistakes)
  return done
}

// `login.ts` and `login.mts` beside each other keep their extensions.
function freeName({ out, path }: Source, modules: ReadonlyMap<string, ModuleRef>): string {
  const taken = new Set([...modules.values()].map(({ name }) => name.slice(0, -extname(name).length)))
  return taken.has(out) ? out + extname(path) : out
}
