import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Diagnostic, error, type Fn, type Service, SlsError } from '@anyfaas/kit'
import type { Manifest } from '@anyfaas/runtime'
import type { Build } from './bundle/rebuilder.ts'
import type { RunBundleQuery } from './bundle/run-bundle.ts'
import { hasEntry } from './code/code.ts'
import type { HandlerFile } from './code/handler-file.ts'
import type { LayerModule } from './code/layers.ts'
import { manifestOf } from './code/manifest.ts'
import { findModules } from './code/modules.ts'
import { isTypescript } from './code/source-kind.ts'
import { FRAMEWORK_MODULE, frameworkOf } from './framework/framework.ts'

/**
 * A function made ready to run from where it lies, without a zip: plain JavaScript by its own files,
 * TypeScript by bundles in the service's `.sls` folder. Plain JSON: it is sent to a worker process.
 */
export interface Launch {
  /** Absolute path of the platform's runtime bundle; its `start` makes the entry. */
  readonly runtime: string
  readonly manifest: Manifest
  /** Member -> absolute paths of the modules to import. */
  readonly modules: Readonly<Record<string, LaunchModules>>
  /** The service folder: the working directory of the process. */
  readonly cwd: string
}

export interface LaunchModules {
  readonly handler: string
  readonly initializer?: string
  /** Runtime extensions, in their order. */
  readonly layers?: readonly { readonly name: string; readonly module: string }[]
}

export interface LaunchRequest {
  readonly service: Service
  /** A deployed function, or a member of one. */
  readonly fn: Fn
  readonly serviceDir: string
  readonly providerName: string
  readonly runtimeEntry: URL
  /** Where bundles are kept. It lies in the service folder, so that they find its packages. */
  readonly cacheDir: string
  /** Builds again what was built before. */
  readonly build?: Build
}

/**
 * Makes a function ready to run in place. JavaScript costs nothing: the bundler is not even loaded, unless the file
 * asks for it with `bundle: true`. SLS4001, SLS4002; SLS4007 when the function does not run on Node.js.
 */
export async function launch(request: LaunchRequest): Promise<Launch> {
  const { service, fn, providerName, runtimeEntry, build } = request
  if (!hasEntry(fn)) throw new SlsError(cannotRun(fn))
  const serviceDir = realpathSync(request.serviceDir)
  const { files, layers, modules, diagnostics, hosted } = findModules(service, fn, serviceDir)
  if (diagnostics.length > 0) throw new SlsError(diagnostics)
  const sources = modules.filter(({ file, options }) => isTypescript(file.path) || (options.bundle ?? false) !== false)
  const folder = join(request.cacheDir, fn.name)
  const bundles =
    sources.length > 0
      ? await bundleAll({ serviceDir, folder, modules: sources, ...(build && { build }) })
      : new Map<string, string>()
  const framed = await frameworkModule(request, serviceDir)
  const pathOf = ({ path, name }: HandlerFile) =>
    name === FRAMEWORK_MODULE && framed !== undefined ? framed : (bundles.get(path) ?? path)
  const pairs = Object.entries(files).map(([member, { handler, initializer }]): [string, LaunchModules] => {
    const apart = initializer && initializer.path !== handler.path
    return [member, { handler: pathOf(handler), ...(apart && { initializer: pathOf(initializer) }) }]
  })
  if (hosted) {
    const { writeHost } = await import('./app-launch.ts')
    const handler = await writeHost({ app: hosted, folder, serviceDir, module: pairs[0]?.[1].handler })
    pairs.splice(0, 1, [fn.name, { handler }])
  }
  return {
    runtime: fileURLToPath(runtimeEntry),
    manifest: manifestOf(service, fn, providerName, files),
    modules: Object.fromEntries(
      pairs.map(([member, own]) => [member, { ...own, ...launchLayers(layers[member], pathOf) }]),
    ),
    cwd: serviceDir,
  }
}

function launchLayers(
  layers: readonly LayerModule[] | undefined,
  pathOf: (file: HandlerFile) => string,
): Pick<LaunchModules, 'layers'> {
  if (!layers) return {}
  return {
    layers: layers.map(({ name, file, package: found }) => ({ name, module: file ? pathOf(file) : found.path })),
  }
}

async function frameworkModule(
  { service, fn, cacheDir }: LaunchRequest,
  serviceDir: string,
): Promise<string | undefined> {
  const framework = frameworkOf([fn])
  if (!framework) return undefined
  const { frameworkToRun } = await import('./framework/run.ts')
  return await frameworkToRun({ service, fn, framework, serviceDir, cacheDir: join(cacheDir, FRAMEWORK_CACHE) })
}

// No function can have such a name.
const FRAMEWORK_CACHE = '.framework'

// Late, so that plain JavaScript waits for nothing of it.
async function bundleAll(query: RunBundleQuery): Promise<ReadonlyMap<string, string>> {
  const { bundleToRun } = await import('./bundle/run-bundle.ts')
  return await bundleToRun(query)
}

function cannotRun({ name, code, runtime, at }: Fn): Diagnostic {
  const what = code.kind === 'handler' ? `on ${runtime}` : `as ${code.kind}`
  return error('SLS4007', `the function "${name}" runs ${what}; only handlers on Node.js run in place`, { pointer: at })
}
