import { type Diagnostic, error, type Fn, isNode, type Service } from '@anyfaas/kit'
import type { HostedApp } from '@anyfaas/runtime'
import { frameworkOf } from '../framework/framework.ts'
import { packageOptionsOf } from '../groups.ts'
import { type CustomFn, type CustomSource, findSource, isCustom } from './custom.ts'
import type { LayerPackage } from './layer-package.ts'
import type { FilesOf } from './manifest.ts'
import { findModules, isBundled, type LayersOf, type SourceModule } from './modules.ts'

/** What the functions of an artifact are made of. */
export interface Code {
  /** Functions that get a generated entry. */
  readonly entries: readonly {
    readonly fn: Fn
    readonly files: FilesOf
    readonly layers: LayersOf
    readonly hosted?: HostedApp
  }[]
  /** Layers that are packages. */
  readonly layerPackages: readonly LayerPackage[]
  /** Their modules, each file once. */
  readonly modules: readonly SourceModule[]
  readonly servers: readonly Server[]
  /** The files of the service folder are in by default. */
  readonly copied: boolean
  /** And so are its packages. */
  readonly withPackages: boolean
  /** Patterns of folders that are in whatever else is: those of static sites. */
  readonly folders: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

/** A function with a server of its own, and its main module when that is bundled. */
export interface Server {
  readonly fn: CustomFn
  readonly source?: CustomSource
}

/** Looks at every function of an artifact. All that is wrong is in `diagnostics`. */
export function codeOf(functions: readonly Fn[], service: Service, serviceDir: string): Code {
  const handled = functions.filter(hasEntry).map((fn) => ({ fn, ...findModules(service, fn, serviceDir) }))
  const servers = functions.filter(isCustom).map((fn) => serverOf(fn, service, serviceDir))
  const modules = new Map(handled.flatMap((each) => each.modules.map((module) => [module.file.path, module] as const)))
  const isForeign = (fn: Fn) => fn.code.kind === 'handler' && !isNode(fn.runtime)
  // A framework reads its project, and looks for packages by names that no bundler sees.
  const plain = frameworkOf(functions) !== undefined || [...modules.values()].some(({ bundled }) => !bundled)
  // An application has more than its modules: views, pages, what its framework loads by name.
  const apps = handled.filter(({ hosted }) => hosted && hosted.framework !== 'static')
  const sites = handled.flatMap(({ hosted }) => (hosted?.framework === 'static' ? (hosted.folder ?? []) : []))
  return {
    entries: handled,
    modules: [...modules.values()],
    layerPackages: handled.flatMap(({ layers }) =>
      Object.values(layers).flatMap((each) => each.flatMap((layer) => layer.package ?? [])),
    ),
    servers: servers.map(({ server }) => server),
    copied: plain || apps.length > 0 || servers.length > 0 || functions.some(isForeign),
    withPackages:
      plain ||
      apps.some((app) => needsPackages(app, service)) ||
      servers.some(({ server }) => server.source === undefined),
    folders: sites.map((folder) => `/${folder}/**`),
    diagnostics: [
      ...handled.flatMap(({ diagnostics }) => diagnostics),
      ...servers.flatMap(({ diagnostics }) => diagnostics),
      ...functions.flatMap(refuse),
    ],
  }
}

/** True for a function that the platform calls through a generated entry. */
export function hasEntry(fn: Fn): boolean {
  return fn.code.kind !== 'custom' && fn.code.kind !== 'container' && isNode(fn.runtime)
}

// With everything bundled, what is bundled is all there is.
function needsPackages({ fn }: { readonly fn: Fn }, service: Service): boolean {
  const { bundle } = packageOptionsOf(service, fn)
  return bundle === undefined || bundle === false
}

function serverOf(
  fn: CustomFn,
  service: Service,
  serviceDir: string,
): { server: Server; diagnostics: readonly Diagnostic[] } {
  const source = findSource(fn, serviceDir)
  if (source === undefined) return { server: { fn }, diagnostics: [] }
  if ('code' in source) return { server: { fn }, diagnostics: [source] }
  const server = isBundled(source.path, packageOptionsOf(service, fn)) ? { fn, source } : { fn }
  return { server, diagnostics: [] }
}

function refuse(fn: Fn): Diagnostic[] {
  if (fn.code.kind === 'app' && !isNode(fn.runtime)) {
    return [error('SLS4006', `a whole web application runs on Node.js, not on ${fn.runtime}`, { pointer: fn.at })]
  }
  if (fn.code.kind !== 'aggregate') return []
  const foreign = [fn, ...fn.code.members].filter((each) => !isNode(each.runtime) || each.code.kind === 'app')
  return foreign.map((each) =>
    error('SLS4006', `the aggregate "${fn.name}" runs on Node.js, and "${each.name}" runs on ${each.runtime}`, {
      pointer: `${each.at}/runtime`,
    }),
  )
}
