import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { type BundleRequest, bundle } from './bundle/bundle.ts'
import { Rebuilder } from './bundle/rebuilder.ts'
import { packagesOutside } from './bundle/run-bundle.ts'
import { findModules, type SourceModule } from './code/modules.ts'
import { isTypescript, sourceKind } from './code/source-kind.ts'
import { frameworkOf } from './framework/framework.ts'
import { type Launch, type LaunchRequest, launch } from './launch.ts'

/** The code of one function, made ready to run again and again while its sources change. */
export class LiveCode {
  readonly #rebuilder = new Rebuilder()
  #readsAnyCode = true

  /** Throws as `launch` does, and SLS4002 for JavaScript that no parser takes too. */
  async build(request: Omit<LaunchRequest, 'build'>): Promise<Launch> {
    const serviceDir = realpathSync(request.serviceDir)
    const { modules, hosted } = findModules(request.service, request.fn, serviceDir)
    // What a framework finds by the folder, no bundler sees.
    this.#readsAnyCode = (hosted !== undefined && modules.length === 0) || frameworkOf([request.fn]) !== undefined
    const plain = modules.filter(({ file, options }) => !isTypescript(file.path) && (options.bundle ?? false) === false)
    await Promise.all(plain.map((module) => this.#trace(module, serviceDir)))
    return await launch({ ...request, build: this.#rebuilder.build })
  }

  /** Whether the function may have read the file. */
  reads(path: string): boolean {
    const { inputs } = this.#rebuilder
    if (inputs.has(path) || (this.#readsAnyCode && CODE.test(path))) return true
    return TSCONFIG.test(path) && [...inputs].some(isTypescript)
  }

  /** Absolute paths of its sources. */
  get inputs(): ReadonlySet<string> {
    return this.#rebuilder.inputs
  }

  async close(): Promise<void> {
    await this.#rebuilder.close()
  }

  // JavaScript runs from its own files. It is bundled all the same, for nobody: to know what it reads, and where it is broken.
  async #trace({ file }: SourceModule, serviceDir: string): Promise<void> {
    const { module } = sourceKind(file.path)
    const request: BundleRequest = {
      serviceDir,
      outDir: join(serviceDir, '.sls', 'run', 'traced'),
      inputs: [{ path: file.path, out: file.name }],
      options: { sourcemap: false },
      format: module,
      extension: module === 'esm' ? '.mjs' : '.cjs',
      target: `node${process.versions.node}`,
      plugin: lenient(packagesOutside(serviceDir)),
      build: this.#rebuilder.build,
    }
    await bundle(request)
  }
}

// What TypeScript becomes depends on it, wherever it lies.
const TSCONFIG = /(?:^|[\\/])tsconfig(?:\.[^\\/]+)?\.json$/

const CODE = /(?<!\.d)\.[cm]?[jt]sx?$/

// A file that is not there may be one that is never asked for.
function lenient(plugin: Plugin): Plugin {
  return {
    name: plugin.name,
    async setup(build) {
      await plugin.setup(build)
      build.onResolve({ filter: /^\.{1,2}\// }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        if (kind === 'entry-point' || pluginData === ASKED) return undefined
        const found = await build.resolve(path, { kind, resolveDir, importer, pluginData: ASKED })
        return found.errors.length > 0 ? { path, external: true } : found
      })
    },
  }
}

const ASKED = Symbol('asked')
