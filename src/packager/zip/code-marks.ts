import { createHash } from 'node:crypto'
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

/** Takes entries one by one, in their order, and keeps none. */
export function createCodeMarks(): { add(entry: StoredEntry, fn: string | undefined): void; end(): CodeMarks } {
  const shared = createHash('sha256')
  const own = new Map<string, string>()
  let text = ''
  return {
    add(entry, fn) {
      if (fn !== undefined) return void own.set(fn, (own.get(fn) ?? '') + textOf(entry))
      text += textOf(entry)
      if (text.length < 1 << 16) return
      shared.update(text)
      text = ''
    },
    end() {
      const all = shared.update(text).digest('hex')
      const pairs = [...own].map(([fn, files]) => [
        fn,
        short(
          createHash('sha256')
            .update(all + files)
            .digest('hex'),
        ),
      ])
      return { shared: short(all), own: Object.fromEntries(pairs) }
    },
  }
}

function textOf({ name, executable, pieces }: StoredEntry): string {
  return `${name}\0${executable ? 'x' : '-'}${pieces.length}\0${pieces.map(({ key }) => key).join('')}`
}

// 128 bits: platforms keep it in tags and descriptions, which are short.
function short(digest: string): string {
  return digest.slice(0, 32)
}
