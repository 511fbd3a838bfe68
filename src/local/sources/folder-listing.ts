import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileState } from './folder-changes.ts'

export interface Listing {
  /** By their keys: paths below the folder, with slashes. */
  readonly files: ReadonlyMap<string, FileState>
  /** Absolute; the folder itself first. */
  readonly folders: ReadonlySet<string>
}

/** Names that are of a file on its way: programs write under them and rename when they are done. */
const UNFINISHED = /^\.|~$|\.(part|partial|tmp|temp|crdownload|swp)$/i
const AT_ONCE = 64

/** Everything below a folder but links and files on their way. Rejects when the folder itself cannot be read. */
export async function listFolder(root: string): Promise<Listing> {
  const folders = new Set<string>([root])
  const keys: string[] = []
  for (const folder of folders) {
    const entries = await readdir(folder, { withFileTypes: true }).catch((failure: NodeJS.ErrnoException) => {
      // One below has gone meanwhile.
      if (folder === root || failure.code !== 'ENOENT') throw failure
      return []
    })
    for (const entry of entries) {
      if (UNFINISHED.test(entry.name)) continue
      const path = join(folder, entry.name)
      if (entry.isDirectory()) folders.add(path)
      else if (entry.isFile()) keys.push(path.slice(root.length).replace(/^\/+/, ''))
    }
  }
  const files = new Map<string, FileState>()
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const states = await Promise.all(keys.slice(at, at + AT_ONCE).map((key) => stateOf(join(root, key))))
    for (const [index, state] of states.entries()) if (state) files.set(keys[at + index] as string, state)
  }
  return { files, folders }
}

/** Undefined when there is no such file any more. */
export async function stateOf(path: string): Promise<FileState | undefined> {
  const found = await stat(path).catch((failure: NodeJS.ErrnoException) => {
    if (failure.code !== 'ENOENT') throw failure
    return undefined
  })
  if (!found) return undefined
  const { size, mtimeMs, ctimeMs, ino, dev } = found
  return { size, modifiedMs: mtimeMs, changedMs: ctimeMs, inode: ino, device: dev }
}
