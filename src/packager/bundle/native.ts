import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isRecord, namesOf, readManifest } from '../files/json-file.ts'
import { findPackage } from '../packages/packages.ts'

/**
 * True for a package that runs machine code of its own: a native addon, or a binary in an optional package per
 * platform. Such a package finds its files by path, so it cannot become part of a bundle.
 */
export function isNative(folder: string): boolean {
  if (existsSync(join(folder, 'binding.gyp')) || existsSync(join(folder, 'prebuilds'))) return true
  const manifest = readManifest(folder)
  if (manifest['gypfile'] === true || isRecord(manifest['binary']) || isRecord(manifest['napi'])) return true
  if (namesOf(manifest['dependencies']).some((name) => ADDON_LOADERS.has(name))) return true
  return namesOf(manifest['optionalDependencies']).some((name) => isForOnePlatform(name, folder))
}

// Packages that exist to build a native addon or to find it.
const ADDON_LOADERS: ReadonlySet<string> = new Set([
  'bindings',
  'nan',
  'node-addon-api',
  'node-gyp-build',
  'node-gyp-build-optional-packages',
  'node-pre-gyp',
  '@mapbox/node-pre-gyp',
  'prebuild-install',
])

function isForOnePlatform(name: string, from: string): boolean {
  const folder = findPackage(name, from)
  return folder !== undefined && Array.isArray(readManifest(folder)['cpu'])
}
