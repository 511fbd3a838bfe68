import type { Diagnostic, Fn, PackageOptions, Service } from '@anyfaas/kit'
import type { HostedApp } from '@anyfaas/runtime'
import { frameworkFiles } from '../framework/framework.ts'
import { packageOptionsOf } from '../groups.ts'
import { type AppFn, findApp, isApp } from './app.ts'
import { findHandler, type HandlerFile } from './handler-file.ts'
import { findLayer, type LayerModule, layersOf } from './layers.ts'
import { type FilesOf, handlerMembers, type MemberFiles } from './manifest.ts'
import { sourceKind } from './source-kind.ts'

/** A module of the user's that a function starts from. */
export interface SourceModule {
  readonly file: HandlerFile
  readonly bundled: boolean
  readonly options: PackageOptions
  /** Its bundle stays in the module system of its source: it may wait at its top. */
  readonly keepsFormat?: boolean
}

export interface FunctionModules {
  readonly files: FilesOf
  /** Member -> its runtime extensions, in their order; absent for one without any. */
  readonly layers: LayersOf
  /** By path: handlers of one file are one module. */
  readonly modules: readonly SourceModule[]
  readonly diagnostics: readonly Diagnostic[]
  /** Of a whole web application. */
  readonly hosted?: HostedApp
}

export type LayersOf = Readonly<Record<string, readonly LayerModule[]>>

/** Finds the modules of a Node.js function, of its layers and of its members, and settles which are bundled: TypeScript and ES modules by default. */
export function findModules(service: Service, fn: Fn, serviceDir: string): FunctionModules {
  return withLayers(isApp(fn) ? findAppModule(service, fn, serviceDir) : findHandlers(service, fn, serviceDir), {
    service,
    fn,
    serviceDir,
  })
}

type Handlers = Omit<FunctionModules, 'layers'>

function findHandlers(service: Service, fn: Fn, serviceDir: string): Handlers {
  const diagnostics: Diagnostic[] = []
  const modules = new Map<string, SourceModule>()
  const files: Record<string, MemberFiles> = {}
  for (const member of handlerMembers(fn)) {
    if (member.code.framework) {
      files[member.name] = frameworkFiles(member.name, serviceDir)
      continue
    }
    const options = packageOptionsOf(service, fn, member)
    const find = (handler: string, key: 'handler' | 'initializer') => {
      const typescript = options.bundle !== false
      const found = findHandler({ handler, serviceDir, typescript, at: `${member.at}/${key}` })
      if ('code' in found) diagnostics.push(found)
      else if (!modules.has(found.path))
        modules.set(found.path, { file: found, bundled: isBundled(found.path, options), options })
      return 'code' in found ? undefined : found
    }
    const handler = find(member.code.handler, 'handler')
    const initializer = member.code.initializer === undefined ? undefined : find(member.code.initializer, 'initializer')
    if (handler) files[member.name] = { handler, ...(initializer && { initializer }) }
  }
  return { files, modules: [...modules.values()], diagnostics }
}

function findAppModule(service: Service, fn: AppFn, serviceDir: string): Handlers {
  const found = findApp(fn, serviceDir)
  if ('code' in found) return { files: {}, modules: [], diagnostics: [found] }
  const { file, hosted } = found
  if (file === undefined) return { files: {}, modules: [], diagnostics: [], hosted }
  const given = packageOptionsOf(service, fn)
  const { language } = sourceKind(file.path)
  const bundled = (given.bundle ?? language === 'typescript') !== false
  // Frameworks look for packages by names that they make up at run time, so packages stay what they are.
  const options = given.bundle === undefined ? { ...given, bundle: { external: ['*'] } } : given
  const module = { file, bundled, options: bundled ? options : given, keepsFormat: true }
  return { files: { [fn.name]: { handler: file } }, modules: [module], diagnostics: [], hosted }
}

export function isBundled(path: string, { bundle }: PackageOptions): boolean {
  if (bundle !== undefined) return bundle !== false
  const { language, module } = sourceKind(path)
  return language === 'typescript' || module === 'esm'
}

interface Owner {
  readonly service: Service
  readonly fn: Fn
  readonly serviceDir: string
}

// A layer is bundled where the function's own code is, so that a bundled function brings no folder for it.
function withLayers(handlers: Handlers, { service, fn, serviceDir }: Owner): FunctionModules {
  const modules = new Map(handlers.modules.map((module) => [module.file.path, module]))
  const own = [...modules.values()]
  const diagnostics = [...handlers.diagnostics]
  const layers: Record<string, readonly LayerModule[]> = {}
  const members = isApp(fn) ? [fn] : handlerMembers(fn)
  for (const member of members) {
    const options = packageOptionsOf(service, fn, member)
    const query = { service, serviceDir, typescript: options.bundle !== false }
    const found = layersOf(fn, member).map((name) => findLayer(name, query))
    diagnostics.push(...found.filter(isMistake))
    const there = found.filter((layer): layer is LayerModule => !isMistake(layer))
    if (there.length > 0) layers[member.name] = there
    const like = own.find(({ bundled }) => bundled)
    for (const { file } of there) {
      if (!file || modules.has(file.path)) continue
      const bundled = like !== undefined || isBundled(file.path, options)
      modules.set(file.path, { ...like, file, bundled, options: like?.options ?? options })
    }
  }
  return { ...handlers, modules: [...modules.values()], layers, diagnostics }
}

function isMistake(found: LayerModule | Diagnostic): found is Diagnostic {
  return 'code' in found
}
