import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Diagnostic, error, type RuntimeLayer } from '@anyfaas/kit'
import { isRecord, type Json, readManifest } from '../files/json-file.ts'
import { findPackage } from '../packages/packages.ts'
import type { ModuleRef } from './entry.ts'
import { sourceKind } from './source-kind.ts'

/** A layer that is an installed package. */
export interface LayerPackage extends ModuleRef {
  /** Real path of its main module. */
  readonly path: string
}

const WORDS = /^npm:((?:@[\w.~-]+\/)?[\w.~-]+)(?:@(.+))?$/

/** Finds `npm:name@version` among the packages of the service. Nothing is installed: what an artifact holds is what was tried here. SLS4011. */
export function findLayerPackage(
  layer: string,
  { at, path }: RuntimeLayer,
  serviceDir: string,
): LayerPackage | Diagnostic {
  const [, name, version] = WORDS.exec(path) ?? []
  const complain = (message: string, ...help: string[]) => error('SLS4011', message, { pointer: at, help })
  if (name === undefined)
    return complain(`"${path}" of the layer "${layer}" names no package`, 'write npm:NAME@VERSION')
  const install = `npm install ${name}${version === undefined ? '' : `@${version}`}`
  const folder = findPackage(name, serviceDir)
  if (folder === undefined) return complain(`the package "${name}" of the layer "${layer}" is not installed`, install)
  const manifest = readManifest(folder)
  const installed = String(manifest['version'])
  if (version !== undefined && !fits(installed, version))
    return complain(`the layer "${layer}" is version ${version} of "${name}", and ${installed} is installed`, install)
  const main = mainOf(name, { folder, manifest, serviceDir })
  if (main === undefined) return complain(`the package "${name}" of the layer "${layer}" has no main module`)
  return { name, path: main, module: sourceKind(main).module }
}

/** Whether a version is the one that is named, in whole, in part (`1.2`), or with `^` or `~`. Other ranges are npm's to judge. */
export function fits(installed: string, wanted: string): boolean {
  const [, mark, numbers] = /^([~^]?)v?(\d+(?:\.\d+){0,2})$/.exec(wanted) ?? []
  if (numbers === undefined) return !/^v?\d+\.\d+\.\d+[-+]/.test(wanted) || installed === wanted.replace(/^v/, '')
  const least = numbers.split('.').map(Number)
  const has = installed.split(/[-+]/)[0]?.split('.').map(Number) ?? []
  const firstNonZero = Math.max(
    0,
    least.findIndex((number) => number > 0),
  )
  const fixed = mark === '^' ? firstNonZero + 1 : mark === '~' ? Math.min(2, least.length) : least.length
  if (least.slice(0, fixed).some((number, index) => has[index] !== number)) return false
  const other = least.findIndex((number, index) => has[index] !== number)
  return other < 0 || (has[other] ?? 0) > (least[other] ?? 0)
}

interface Installed {
  readonly folder: string
  readonly manifest: Json
  readonly serviceDir: string
}

function mainOf(name: string, { folder, manifest, serviceDir }: Installed): string | undefined {
  try {
    return createRequire(join(serviceDir, 'package.json')).resolve(name)
  } catch (failure) {
    const { code } = failure as { code?: unknown }
    if (code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED' && code !== 'MODULE_NOT_FOUND') throw failure
    // A package for `import` alone.
    const target = importTarget(manifest['exports'])
    return target === undefined ? undefined : join(folder, target)
  }
}

function importTarget(exported: unknown): string | undefined {
  if (typeof exported === 'string') return exported
  if (!isRecord(exported)) return undefined
  const condition = ['.', 'node', 'import', 'module-sync', 'default'].find((key) => exported[key] !== undefined)
  return condition === undefined ? undefined : importTarget(exported[condition])
}
