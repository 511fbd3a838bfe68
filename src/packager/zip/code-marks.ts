import { hash } from 'node:crypto'
import type { StoredEntry, Zipped } from './zip.ts'

/** Digests of what functions run of an artifact. */
export interface CodeMarks {
  /** Of a function that has no files of its own. */
  readonly shared: string
  /** Of the others, by their names. */
  readonly own: Readonly<Record<string, string>>
}

/** The mark of one function. */
export function markOf({ shared, own }: CodeMarks, fn: string): string {
  return Object.hasOwn(own, fn) ? (own[fn] ?? shared) : shared
}

/** Of a zip of which nothing but its bytes is known. */
export function marksOfZip({ digest }: Zipped): CodeMarks {
  return { shared: short(digest.slice('sha256:'.length)), own: {} }
}

/** What a block of entries brings to the marks. */
export interface BlockMarks {
  /** Of the entries that all functions may run; missing when there is none. */
  readonly shared?: string
  /** By the function that alone runs them. */
  readonly own: Readonly<Record<string, string>>
}

/** Takes the entries of a block one by one, in their order, and keeps none. */
export function createBlockMarks(): { add(entry: StoredEntry, fn: string | undefined): void; end(): BlockMarks } {
  const own = new Map<string, string>()
  let shared = ''
  return {
    add(entry, fn) {
      if (fn === undefined) shared += textOf(entry)
      else own.set(fn, (own.get(fn) ?? '') + textOf(entry))
    },
    end() {
      const pairs = [...own].map(([fn, text]) => [fn, hash('sha256', text)])
      return { ...(shared !== '' && { shared: hash('sha256', shared) }), own: Object.fromEntries(pairs) }
    },
  }
}

/** Of all blocks of an artifact, in their order. */
export function joinMarks(blocks: readonly BlockMarks[]): CodeMarks {
  const all = hash('sha256', blocks.map(({ shared }) => shared ?? '').join(''))
  const own = new Map<string, string>()
  for (const block of blocks)
    for (const [fn, digest] of Object.entries(block.own)) own.set(fn, (own.get(fn) ?? all) + digest)
  const pairs = [...own].map(([fn, text]) => [fn, short(hash('sha256', text))])
  return { shared: short(all), own: Object.fromEntries(pairs) }
}

function textOf({ name, executable, pieces }: StoredEntry): string {
  return `${name}\0${executable ? 'x' : '-'}${pieces.length}\0${pieces.map(({ key }) => key).join('')}`
}

// 128 bits: platforms keep it in tags and descriptions, which are short.
function short(digest: string): string {
  return digest.slice(0, 32)
}
