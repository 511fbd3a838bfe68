import { accessSync, constants, lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'
import type { FileState } from './file-source.ts'
import { isNever } from './never.ts'
import { reasonOf } from './system-error.ts'

export interface TreeFile extends FileState {
  /** Relative to the artifact's root, with `/`. */
  readonly name: string
  readonly executable: boolean
}

/** Something that cannot be packaged. Whether it matters depends on the patterns, so it is only reported here. */
export interface TreeFault {
  readonly name: string
  readonly path: string
  readonly code: 'SLS4003' | 'SLS4004'
  readonly reason: string
}

export interface Tree {
  readonly files: readonly TreeFile[]
  readonly faults: readonly TreeFault[]
}

export interface TreeOptions {
  /** The name of the folder in the artifact; empty for its root. */
  readonly at?: string
  /** Links may lead to this real folder and what is below it. */
  readonly within: string
  /** True for what is not even looked at, beside what never goes in. */
  skip?(name: string): boolean
}

// What is meant without it, made once and not for each file.
const USUAL = { bigint: false, throwIfNoEntry: true } as const
// A link in a link in a link … would double the work at every level.
const MAX_LINKS = 8
// What the header of a zip can hold.
const MAX_NAME_BYTES = 0xffff

/**
 * Every file below a folder, by name order. Links are followed when they stay inside `within`: an artifact holds no
 * links, because not every platform unpacks them. Never throws for what the tree looks like.
 */
export function readTree(folder: string, options: TreeOptions): Tree {
  const files: TreeFile[] = []
  const faults: TreeFault[] = []
  const walk = (path: string, at: string, links: readonly string[]) => {
    for (const found of namesIn(path)) {
      const name = at === '' ? found : `${at}/${found}`
      if (isNever(name) || options.skip?.(name)) continue
      // The name comes from the folder, so there is nothing to normalize.
      const full = `${path}${sep}${found}`
      const seen = look(full, name, { options, links })
      if ('file' in seen) files.push(seen.file)
      else if ('left' in seen) continue
      else if ('reason' in seen) faults.push({ name, path: full, ...seen })
      else guarded(seen.folder, name, seen.links)
    }
  }
  const guarded = (path: string, at: string, links: readonly string[]) => {
    try {
      walk(path, at, links)
    } catch (cause) {
      faults.push({ name: at || '.', path, code: 'SLS4004', reason: `cannot be read: ${reasonOf(cause)}` })
    }
  }
  guarded(folder, options.at ?? '', [])
  return { files, faults }
}

/** True when `path` is `folder` or below it. Both are real paths. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

type Seen =
  | { readonly left: true }
  | { readonly file: TreeFile }
  | { readonly folder: string; readonly links: readonly string[] }
  | { readonly code: TreeFault['code']; readonly reason: string }

interface Around {
  readonly options: TreeOptions
  /** The real folders whose links led here. */
  readonly links: readonly string[]
}

function namesIn(path: string): string[] {
  return readdirSync(path).sort()
}

function look(path: string, name: string, around: Around): Seen {
  if (name.includes('\ufffd')) return refused('has a name that is not UTF-8')
  if (name.includes('\\')) return refused('has a backslash in its name, which some systems read as a folder')
  if (name.length > MAX_NAME_BYTES / 3 && Buffer.byteLength(name) > MAX_NAME_BYTES)
    return refused('has too long a name')
  try {
    const stats = lstatSync(path, USUAL)
    if (stats.isSymbolicLink()) return follow(path, name, around)
    return take(path, name, stats, around.links)
  } catch (cause) {
    return refused(`cannot be read: ${reasonOf(cause)}`)
  }
}

function follow(path: string, name: string, { options, links }: Around): Seen {
  const real = realpathSync(path)
  if (!isInside(options.within, real)) return { code: 'SLS4003', reason: `is a link to "${real}"` }
  // Another name does not make a key file harmless.
  if (relative(options.within, real).split(sep).some(isNever)) return { left: true }
  const stats = statSync(real)
  if (!stats.isDirectory()) return take(real, name, stats, links)
  // The folder that the link stands in is inside the one that it leads to.
  if (isInside(real, realpathSync(join(path, '..'))) || links.includes(real)) return refused('is a link in a circle')
  if (links.length === MAX_LINKS) return refused('is behind too many links')
  return take(real, name, stats, [...links, real])
}

function take(path: string, name: string, stats: Stats, links: readonly string[]): Seen {
  if (stats.isDirectory()) return { folder: path, links }
  if (!stats.isFile()) return refused('is not a regular file')
  // Said now, together with everything else that is wrong, and not when the file's turn comes. Asking costs as much as
  // looking, so what everybody may read is not asked for.
  if ((stats.mode & 0o444) !== 0o444) accessSync(path, constants.R_OK)
  // The owner's bit alone: a umask takes the others away.
  const { mode, size, mtimeMs, ctimeMs, ino } = stats
  // Not `...stateOf(path, stats)`: a spread behind other keys takes V8's slow way, for each of all files.
  return { file: { name, executable: (mode & 0o100) !== 0, path, size, mtimeMs, ctimeMs, ino } }
}

function refused(reason: string): Seen {
  return { code: 'SLS4004', reason }
}
