import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PieceCache } from './cache/piece-cache.ts'
import { Records } from './cache/records.ts'
import { FAR, Stock } from './cache/stock.ts'
import { type Drafted, discardAll, draftAll, keepPieces } from './drafts.ts'
import { isRacy } from './files/file-source.ts'
import { isSystemError } from './files/system-error.ts'
import { type KeptZip, type MadeZip, madeZip } from './made-zip.ts'
import type { CompressOptions } from './work/compress.ts'
import { isFile } from './work/content.ts'
import { blocksOf, type EntryBlock, keyOfBlocks, type PackEntry } from './work/entries-key.ts'
import { placeZip } from './zip/existing.ts'
import { sortByName } from './zip/zip.ts'

/** A zip to make. */
export interface ZipWish {
  /** Absolute. */
  readonly path: string
  readonly entries: readonly PackEntry[]
}

export interface ZipsOptions extends CompressOptions {
  /** Where compressed contents are kept. Without it, or when it cannot be made, they are kept until the end of the run. */
  readonly cacheDir?: string
  /** When the states of the files were taken, at the earliest. */
  readonly beganMs: number
}

/**
 * Makes zips: each content is compressed once for all of them, and only if no earlier run has done it. A zip that would
 * be what it is already is left alone, and of one that would nearly be that, what stays is copied. Throws all that cannot be read, and then
 * has written none: SLS4004. SLS4005 when something cannot be written, SLS5002 when it is interrupted.
 */
export async function makeZips(wishes: readonly ZipWish[], options: ZipsOptions): Promise<MadeZip[]> {
  const { folder, remove } = openFolder(options.cacheDir)
  try {
    const records = new Records<KeptZip>(folder)
    const keyed = wishes.map((wish) => {
      const entries = sortByName(wish.entries)
      const blocks = blocksOf(entries)
      return { ...wish, entries, blocks, key: keyOfBlocks(blocks) }
    })
    const known = new Map(
      keyed.map((wish): [KeyedWish, KeptZip | undefined] => [wish, records.find(wish.path, wish.key)]),
    )
    const missing = keyed.filter((wish) => !known.get(wish))
    if (missing.length > 0)
      for (const [wish, zip] of await make(missing, { folder, records, options })) known.set(wish, zip)
    return keyed.flatMap((wish) => known.get(wish) ?? []).map(madeZip)
  } finally {
    remove()
  }
}

interface KeyedWish extends ZipWish {
  readonly key: string
  readonly blocks: readonly EntryBlock[]
}

interface Making {
  readonly folder: string
  readonly records: Records<KeptZip>
  readonly options: ZipsOptions
}

// Wishes with the same key are one zip.
async function make(
  wishes: readonly KeyedWish[],
  { folder, records, options }: Making,
): Promise<ReadonlyMap<KeyedWish, KeptZip>> {
  const cache = PieceCache.open(folder, options.beganMs)
  const stock = new Stock(wishes.some(mayBeFar) ? [] : wishes.map(({ path }) => path), records)
  try {
    const different = [...new Map(wishes.map((wish) => [wish.key, wish])).values()]
    const drafts = await draftAll(different, { cache, stock, options })
    await placeAll(drafts.values(), () => keepPieces(wishes, cache, stock))
    const made = new Map<KeyedWish, KeptZip>()
    for (const wish of wishes) {
      const { path, key, entries } = wish
      const { draft, zip } = drafts.get(key) ?? unreachable(path)
      if (draft.path !== path) await placeZip(draft.path, path)
      made.set(wish, zip)
      const isCertain = entries.every(({ source }) => !isFile(source) || !isRacy(source, options.beganMs))
      if (isCertain) records.set(path, key, zip)
      else records.delete(path)
    }
    await records.save()
    return made
  } finally {
    cache.close()
    stock.close()
  }
}

// What is to be done else is done while the disk takes them.
async function placeAll(drafts: Iterable<Drafted>, meanwhile: () => Promise<void>): Promise<void> {
  try {
    await meanwhile()
    for (const { draft } of drafts) await draft.sink.place()
  } catch (failure) {
    await discardAll(drafts)
    throw failure
  }
}

// More than it can come to: what deflate makes larger is stored, or grows by little.
function mayBeFar({ entries }: ZipWish): boolean {
  return entries.reduce((sum, { name, source }) => sum + source.size * 1.01 + name.length * 6 + 200, 0) >= FAR
}

interface CacheFolder {
  readonly folder: string
  remove(): void
}

function openFolder(cacheDir: string | undefined): CacheFolder {
  if (cacheDir === undefined) return temporaryFolder()
  try {
    mkdirSync(cacheDir, { recursive: true })
    accessSync(cacheDir, constants.W_OK)
    return { folder: cacheDir, remove: () => undefined }
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    // A service folder that may only be read.
    return temporaryFolder()
  }
}

function temporaryFolder(): CacheFolder {
  const folder = mkdtempSync(join(tmpdir(), 'sls-cache-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function unreachable(name: string): never {
  throw new Error(`"${name}" was not made`)
}
