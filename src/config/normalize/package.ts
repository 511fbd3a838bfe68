import type { BundleOptions, PackageOptions } from '@anyfaas/kit'
import { DEFAULTS } from '../defaults.ts'
import { isTree, type Tree } from '../tree.ts'
import { defined, flagOf, listOf, optionalList, textOf } from './units.ts'

/** The package options that a map names; `include` and `exclude` become one ordered list of patterns. */
export function normalizePackage(given: Tree): Partial<PackageOptions> {
  const patterns = [
    ...listOf(given['include']),
    ...listOf(given['exclude']).map((pattern) => (pattern.startsWith('!') ? pattern.slice(1) : `!${pattern}`)),
    ...listOf(given['patterns']),
  ]
  return defined({
    patterns: patterns.length > 0 ? patterns : undefined,
    excludeDevDependencies: flagOf(given['excludeDevDependencies']),
    trace: flagOf(given['trace']),
    artifact: textOf(given['artifact']),
    individually: flagOf(given['individually']),
    bundle: readBundle(given['bundle']),
    layer: textOf(given['layer']),
  })
}

/** The options of the service, with the defaults. */
export function servicePackage(given: unknown): PackageOptions {
  return {
    patterns: [],
    excludeDevDependencies: DEFAULTS.excludeDevDependencies,
    individually: false,
    ...(isTree(given) && normalizePackage(given)),
  }
}

function readBundle(given: unknown): boolean | BundleOptions | undefined {
  if (typeof given === 'boolean') return given
  if (!isTree(given)) return undefined
  return defined({
    minify: flagOf(given['minify']),
    external: optionalList(given['external']),
    format: textOf(given['format']) as 'cjs' | 'esm' | undefined,
    sourcemap: flagOf(given['sourcemap']),
  })
}
