import { isSystemError } from '../files/system-error.ts'
import type { KeptZip, MadeBlock } from '../made-zip.ts'
import type { EntryBlock } from '../work/entries-key.ts'
import type { ZipStretch } from '../zip/zip.ts'
import { PackReader } from './pack-reader.ts'
import type { Records } from './records.ts'

/** A block of an earlier zip. */
export interface StockedBlock {
  readonly made: MadeBlock
  readonly stretch: ZipStretch
}

/** What the zips that stand where others are to be written have of them already. */
export class Stock {
  readonly #blocks = new Map<string, StockedBlock>()
  readonly #sources: PackReader[] = []

  /** Opens the zips that are still as they were written. */
  constructor(paths: Iterable<string>, records: Records<KeptZip>) {
    for (const path of paths) {
      const source = openZip(path)
      // After it was opened: another run may put its own there.
      const record = source && records.last(path)
      if (record) this.#add(source, record)
      else source?.close()
    }
  }

  find({ key }: Pick<EntryBlock, 'key'>): StockedBlock | undefined {
    return this.#blocks.get(key)
  }

  /** Forgets a zip that is damaged. False when it is none of these. */
  drop(source: PackReader): boolean {
    for (const [key, { stretch }] of this.#blocks) if (stretch.source === source) this.#blocks.delete(key)
    return this.#sources.includes(source)
  }

  close(): void {
    for (const source of this.#sources) source.close()
  }

  #add(source: PackReader, { blocks, bytes }: KeptZip): void {
    this.#sources.push(source)
    if (bytes >= FAR) return
    let at = 0
    let directoryAt = blocks.reduce((sum, block) => sum + block.bytes, 0)
    for (const made of blocks) {
      this.#blocks.set(made.key, { made, stretch: { ...made, source, at, directoryAt } })
      at += made.bytes
      directoryAt += made.directoryBytes
    }
  }
}

/** From here on a zip has fields of another form, which are not copied. */
export const FAR = 2 ** 31

function openZip(path: string): PackReader | undefined {
  const source = new PackReader(path, { isFresh: false })
  try {
    source.open()
    return source
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    return undefined
  }
}
