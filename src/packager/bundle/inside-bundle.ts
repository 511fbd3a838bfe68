import { dirname, join, sep } from 'node:path'
import type { OnResolveArgs, OnResolveResult, Plugin } from 'esbuild'
import { findPackage, packageOf, type Wanted } from '../packages/packages.ts'
import { type Bundle, type BundleRequest, bundle } from './bundle.ts'
import { isNative } from './native.ts'

export interface InsideBundle extends Bundle {
  /** The packages that it asks for at run time. */
  readonly wanted: readonly Wanted[]
}

/** Bundles with packages inside, except those that are listed or native; these are named in `wanted`. */
export async function bundleInside(request: Omit<BundleRequest, 'plugin'>): Promise<InsideBundle> {
  const external = [...(request.options.external ?? [])]
  for (;;) {
    const outside = leaveOutside(external)
    const made = await bundle({ ...request, plugin: outside.plugin })
    const late = outside.late().filter((name) => !external.includes(name))
    if (late.length === 0) return { ...made, wanted: outside.wanted() }
    external.push(...late)
  }
}

/** What a bundle leaves outside: packages that must keep their own files. */
interface Outside {
  readonly plugin: Plugin
  /** The packages that were met, each with the folder it was asked for from. */
  wanted(): readonly Wanted[]
  /** Packages that turned out to need their own files only after a part of them had been bundled. */
  late(): readonly string[]
}

// In the listed names `*` stands for anything.
function leaveOutside(listed: readonly string[]): Outside {
  const wanted = new Map<string, Wanted>()
  const late = new Set<string>()
  const natives = new Map<string, boolean>()
  const isListed = matcher(listed)

  const bare = ({ path, kind, resolveDir }: OnResolveArgs): OnResolveResult | undefined => {
    const name = packageOf(path)
    if (kind === 'entry-point' || name === undefined) return undefined
    if (isListed(path) || isListed(name)) return leave(name, resolveDir, path)
    const folder = findPackage(name, resolveDir)
    if (folder === undefined) return undefined
    const native = natives.get(folder) ?? isNative(folder)
    natives.set(folder, native)
    return native ? leave(name, resolveDir, path) : undefined
  }
  const leave = (name: string, from: string, path: string): OnResolveResult => {
    wanted.set(`${name}\0${findPackage(name, from) ?? ''}`, { name, from })
    return { path, external: true }
  }
  const addon = ({ path, resolveDir }: OnResolveArgs): OnResolveResult | undefined => {
    const owner = ownerOf(join(resolveDir, path))
    if (owner === undefined) return undefined
    late.add(owner)
    return { path, external: true }
  }
  return {
    plugin: {
      name: 'outside',
      setup(build) {
        build.onResolve({ filter: /^\.{1,2}\/.*\.node$/ }, addon)
        build.onResolve({ filter: /^[^./]/ }, bare)
      },
    },
    wanted: () => [...wanted.values()],
    late: () => [...late],
  }
}

// The innermost package in node_modules that a file belongs to.
function ownerOf(path: string): string | undefined {
  const parts = dirname(path).split(sep)
  const at = parts.lastIndexOf('node_modules')
  return at < 0 ? undefined : packageOf(parts.slice(at + 1).join('/'))
}

function matcher(listed: readonly string[]): (name: string) => boolean {
  const patterns = listed.map((name) => {
    const source = name.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    return new RegExp(`^${source.join('.*')}$`)
  })
  return (name) => patterns.some((pattern) => pattern.test(name))
}
