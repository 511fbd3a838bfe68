import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, extname, join, sep } from 'node:path'
import { type BundleOptions, error, SlsError } from '@anyfaas/kit'
import type { Plugin } from 'esbuild'
import { type BundleInput, type BundleRequest, bundle, CHUNKS } from './bundle.ts'
import type { BundledFile } from './common-js.ts'
import type { SourceModule } from './modules.ts'
import { findPackage, packageOf } from './packages.ts'
import { sourceKind } from './source-kind.ts'
import { isFresh, writeStamp } from './stamp.ts'

export interface RunBundleQuery {
  /** Real path. */
  readonly serviceDir: string
  /** The folder of this function's bundles, inside the service folder. */
  readonly folder: string
  readonly modules: readonly SourceModule[]
}

/**
 * Bundles a function's own modules to run on this machine; packages stay where they are installed. Nothing is done
 * when nothing has changed. Gives source path -> absolute path of its bundle.
 */
export async function bundleToRun(query: RunBundleQuery): Promise<ReadonlyMap<string, string>> {
  mkdirSync(query.folder, { recursive: true })
  // Node takes the real path of a module before it looks for the sources in its map.
  const folder = realpathSync(query.folder)
  const requests = requestsOf({ ...query, folder })
  const paths = new Map<string, string>()
  await Promise.all(
    requests.map(async (request, index) => {
      const { inputs, extension } = request
      for (const { path, out } of inputs) paths.set(path, join(folder, out + extension))
      const stamp = join(folder, `stamp-${index}.json`)
      const { plugin, ...key } = request
      if (isFresh(stamp, key)) return
      const beganMs = Date.now()
      const made = await bundle(request)
      await writeFiles(folder, made.files)
      const outputs = made.files.map(({ name }) => join(folder, name))
      await writeStamp(stamp, { key, beganMs, inputs: made.inputs, outputs, serviceDir: query.serviceDir })
    }),
  )
  await prune(join(folder, CHUNKS))
  return paths
}

// Sources of one module system make one run, so that they share what they import.
function requestsOf({ serviceDir, folder, modules }: RunBundleQuery): BundleRequest[] {
  const runs = new Map<string, BundleRequest & { readonly inputs: BundleInput[] }>()
  for (const { file, options } of modules) {
    const given = typeof options.bundle === 'object' ? options.bundle : {}
    const format = given.format ?? sourceKind(file.path).module
    const extension = format === 'esm' ? '.mjs' : '.cjs'
    const bundleOptions: BundleOptions = { sourcemap: true }
    const target = `node${process.versions.node}`
    const plugin = packagesOutside(serviceDir)
    const settings = { serviceDir, outDir: folder, options: bundleOptions, format, extension, target, plugin } as const
    const run = runs.get(format) ?? { ...settings, inputs: [] }
    run.inputs.push({ path: file.path, out: file.name.slice(0, -extname(file.name).length) })
    runs.set(format, run)
  }
  return [...runs.values()]
}

// What is installed is found again at run time, from the service folder or, where that would find another copy of it,
// by its path. What is only linked is the project's own source, and Node could not run its TypeScript.
function packagesOutside(serviceDir: string): Plugin {
  return {
    name: 'packages-outside',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        const name = packageOf(path)
        if (kind === 'entry-point' || name === undefined || pluginData === ASKED) return undefined
        const folder = findPackage(name, resolveDir)
        if (folder === undefined || !folder.split(sep).includes('node_modules')) return undefined
        if (findPackage(name, serviceDir) === folder) return { path, external: true }
        const found = await build.resolve(path, { kind, resolveDir, importer, pluginData: ASKED })
        return found.errors.length > 0 ? undefined : { path: found.path, external: true }
      })
    },
  }
}

const ASKED = Symbol('asked')

async function writeFiles(folder: string, files: readonly BundledFile[]): Promise<void> {
  try {
    // Maps first: whoever sees a bundle finds its map.
    for (const { name, bytes } of [...files].sort(
      (a, b) => Number(b.name.endsWith('.map')) - Number(a.name.endsWith('.map')),
    )) {
      const path = join(folder, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(`${path}.${process.pid}.tmp`, bytes)
      await rename(`${path}.${process.pid}.tmp`, path)
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new SlsError(error('SLS4005', `"${folder}" cannot be written: ${reason}`), { cause })
  }
}

const DAY_MS = 86_400_000

// Chunks bear the hash of what is in them, so old ones stay beside the new; a process that still runs may want them.
async function prune(folder: string): Promise<void> {
  if (!existsSync(folder)) return
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    if (Date.now() - (await stat(path)).mtimeMs > DAY_MS) await rm(path, { force: true })
  }
}
