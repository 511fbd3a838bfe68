import type { StoredEntry } from './zip/zip.ts'

/** What a package, or a folder of the service, brings into an artifact. */
export interface Contribution {
  /** Such as `node_modules/lodash`, `src`, or `.` for the files at the root. */
  readonly at: string
  readonly files: number
  readonly bytes: number
  readonly packedBytes: number
}

/** The largest first. */
export function contributionsOf(entries: readonly StoredEntry[]): Contribution[] {
  const found = new Map<string, Contribution>()
  for (const { name, pieces } of entries) {
    const at = placeOf(name)
    const { files, bytes, packedBytes } = found.get(at) ?? { files: 0, bytes: 0, packedBytes: 0 }
    found.set(at, {
      at,
      files: files + 1,
      bytes: pieces.reduce((sum, piece) => sum + piece.bytes, bytes),
      packedBytes: pieces.reduce((sum, piece) => sum + piece.packedBytes, packedBytes),
    })
  }
  return [...found.values()].sort((a, b) => b.packedBytes - a.packedBytes || (a.at < b.at ? -1 : 1))
}

/** The package that a file of an artifact belongs to, such as `node_modules/a/node_modules/b`; else its first folder, or `.`. */
export function placeOf(name: string): string {
  const start = name.lastIndexOf('node_modules/')
  if (start < 0 || (start > 0 && name[start - 1] !== '/')) return name.slice(0, Math.max(0, name.indexOf('/'))) || '.'
  const first = name.indexOf('/', start + 'node_modules/'.length)
  const end = name[start + 'node_modules/'.length] === '@' ? name.indexOf('/', first + 1) : first
  return end < 0 ? name : name.slice(0, end)
}
