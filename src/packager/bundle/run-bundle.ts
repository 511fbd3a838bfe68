import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import type { BundleOptions } from '@anyfaas/kit'
import type { Plugin } from 'esbuild'
import type { SourceModule } from '../code/modules.ts'
import { sourceKind } from '../code/source-kind.ts'
import { writeWhole } from '../files/file-sink.ts'
import { findPackage, packageOf } from '../packages/packages.ts'
import { type BundleInput, type BundleRequest, bundle, CHUNKS } from './bundle.ts'
import type { Build } from './rebuilder.ts'
import { isFresh, writeStamp } from './stamp.ts'

export interface RunBundleQuery {
  /** Real path. */
  readonly serviceDir: string
  /** The folder of this function's bundles, inside the service folder. */
  readonly folder: string
  readonly modules: readonly SourceModule[]
  /** Builds again what was built before; it knows itself what has changed. */
  readonly build?: Build
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
    requests.map(async (request) => {
      const { inputs, extension, outDir } = request
      for (const { path, out } of inputs) paths.set(path, join(outDir, out + extension))
      await refresh(request)
    }),
  )
  return paths
}

interface RunRequest extends BundleRequest {
  readonly inputs: BundleInput[]
  readonly outDir: string
}

async function refresh(request: RunRequest): Promise<void> {
  const { plugin, build, ...key } = request
  const { outDir, serviceDir } = request
  const stamp = join(outDir, 'stamp.json')
  if (!build && isFresh(stamp, key)) return
  const beganMs = Date.now()
  const { files, inputs } = await bundle(request)
  // Maps first: whoever sees a bundle finds its map.
  const ordered = [...files].sort((a, b) => Number(b.name.endsWith('.map')) - Number(a.name.endsWith('.map')))
  for (const { name, bytes } of ordered) await writeWhole(join(outDir, name), bytes)
  // Who builds again and again knows what is fresh; a stamp of before is worthless by what has changed.
  if (build) return
  const outputs = files.map(({ name }) => join(outDir, name))
  await writeStamp(stamp, { key, beganMs, inputs, outputs, serviceDir })
  await prune(join(outDir, CHUNKS), outputs)
}

// Sources of one module system make one run, so that they share what they import.
function requestsOf({ serviceDir, folder, modules, build }: RunBundleQuery): RunRequest[] {
  const runs = new Map<string, RunRequest>()
  for (const { file, options } of modules) {
    const given = typeof options.bundle === 'object' ? options.bundle : {}
    const format = given.format ?? sourceKind(file.path).module
    const extension = format === 'esm' ? '.mjs' : '.cjs'
    const bundleOptions: BundleOptions = { sourcemap: true }
    const target = `node${process.versions.node}`
    const plugin = packagesOutside(serviceDir)
    const settings = {
      serviceDir,
      outDir: join(folder, format),
      options: bundleOptions,
      format,
      extension,
      target,
      plugin,
      ...(build && { build }),
    } as const
    const run = runs.get(format) ?? { ...settings, inputs: [] }
    run.inputs.push({ path: file.path, out: file.name.slice(0, -extname(file.name).length) })
    runs.set(format, run)
  }
  return [...runs.values()]
}

/**
 * Leaves installed packages outside: they are found again at run time, from the service folder or, where that would find
 * another copy of it, by their path. What is only linked is the project's own source, and Node could not run its TypeScript.
 */
export function packagesOutside(serviceDir: string): Plugin {
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

const DAY_MS = 86_400_000

// Chunks bear the hash of what is in them, so old ones stay beside the new; a process that still runs may want them.
async function prune(folder: string, current: readonly string[]): Promise<void> {
  if (!existsSync(folder)) return
  const others = (await readdir(folder)).map((name) => join(folder, name)).filter((path) => !current.includes(path))
  for (const path of others) {
    if (Date.now() - (await stat(path)).mtimeMs > DAY_MS) await rm(path, { force: true })
  }
}
