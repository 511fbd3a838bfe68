import { existsSync, realpathSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { type Diagnostic, error, type Fn, type RuntimeLayer, type Service } from '@anyfaas/kit'
import { readManifest } from '../files/json-file.ts'
import { isInside } from '../files/tree.ts'
import type { HandlerFile } from './handler-file.ts'
import { findLayerPackage, type LayerPackage } from './layer-package.ts'
import { EXTENSIONS, isTypescript } from './source-kind.ts'

/** A runtime extension as it is found: a module of the service folder, or a package. */
export type LayerModule = { readonly name: string } & (
  | { readonly file: HandlerFile; readonly package?: never }
  | { readonly package: LayerPackage; readonly file?: never }
)

export interface LayerQuery {
  readonly service: Service
  /** Real path. */
  readonly serviceDir: string
  /** False where nothing compiles TypeScript. */
  readonly typescript: boolean
}

/** The names of a function's layers where it runs: those of its aggregate, then its own. */
export function layersOf(fn: Fn, member: Fn): readonly string[] {
  return [...new Set([...fn.layers, ...member.layers])]
}

/** Finds the module of a layer that the service declares. SLS4011 with what was tried. */
export function findLayer(name: string, query: LayerQuery): LayerModule | Diagnostic {
  const layer = query.service.layers[name]
  if (!layer) throw new Error(`the service has no layer "${name}"`)
  if (layer.path.startsWith('npm:')) {
    const found = findLayerPackage(name, layer, query.serviceDir)
    return 'code' in found ? found : { name, package: found }
  }
  return findFile(name, layer, query)
}

function findFile(name: string, { at, path: given }: RuntimeLayer, query: LayerQuery): LayerModule | Diagnostic {
  const { serviceDir, typescript } = query
  const path = given.replace(/^local:/, '')
  const extensions = EXTENSIONS.filter((extension) => typescript || !isTypescript(`x${extension}`))
  const { main } = readManifest(join(serviceDir, path))
  const stems = [path, ...(typeof main === 'string' ? [join(path, main)] : []), join(path, 'index')]
  const tried = stems.flatMap((stem) => ['', ...extensions].map((extension) => join(serviceDir, stem + extension)))
  const found = tried.find((file) => existsSync(file) && statSync(file).isFile())
  if (found === undefined) {
    const notes = [
      { message: `tried ${stems.map((stem) => join(stem)).join(', ')}, each with ${extensions.join(' ')}` },
    ]
    return error('SLS4011', `no module for the layer "${name}" at "${given}"`, {
      pointer: at,
      notes,
      help: [helpFor(given)],
    })
  }
  const real = realpathSync(found)
  if (!isInside(serviceDir, real))
    return error('SLS4011', `the layer "${name}" leads out of the service folder, to "${real}"`, { pointer: at })
  return { name, file: { path: real, name: relative(serviceDir, found).split(sep).join('/'), export: 'layer' } }
}

function helpFor(given: string): string {
  const isPath = /^(local:|\.{0,2}\/)/.test(given)
  return isPath
    ? 'it is a module, or a folder with one that is called "index"'
    : `a package is written "npm:${given.replace(/^\w+:/, '')}"`
}
