import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SlsError } from '@anyfaas/kit'
import type { PackReader } from './cache/pack-reader.ts'
import { PieceCache } from './cache/piece-cache.ts'
import type { StoredPiece } from './cache/piece-table.ts'
import { Records } from './cache/records.ts'
import { isRacy } from './files/file-source.ts'
import { isSystemError } from './files/system-error.ts'
import { createReport, type Report } from './report.ts'
import { type CompressOptions, compress } from './work/compress.ts'
import { isFile, nameOf } from './work/content.ts'
import { keyOfEntries, type PackEntry } from './work/entries-key.ts'
import { Supply } from './work/supply.ts'
import { type CodeMarks, createCodeMarks } from './zip/code-marks.ts'
import { placeZip } from './zip/existing.ts'
import { pieceCount } from './zip/piece.ts'
import { draftZip, type StoredEntry, sortByName, type ZipDraft, type Zipped } from './zip/zip.ts'

/** A zip to make. */
export interface ZipWish {
  /** Absolute. */
  readonly path: string
  readonly entries: readonly PackEntry[]
}

export interface MadeZip extends Zipped, Report {
  readonly marks: CodeMarks
}

export interface ZipsOptions extends CompressOptions {
  /** Where compressed contents are kept. Without it, or when it cannot be made, they are kept until the end of the run. */
  readonly cacheDir?: string
  /** When the states of the files were taken, at the earliest. */
  readonly beganMs: number
}

/**
 * Makes zips: each content is compressed once for all of them, and only if no earlier run has done it. A zip that would
 * be what it is already is left alone. Throws all that cannot be read, and then has written none: SLS4004. SLS4005
 * when something cannot be written, SLS5002 when it is interrupted.
 */
export async function makeZips(wishes: readonly ZipWish[], options: ZipsOptions): Promise<MadeZip[]> {
  const { folder, remove } = openFolder(options.cacheDir)
  try {
    const records = new Records<MadeZip>(folder)
    const keyed = wishes.map((wish) => {
      const entries = sortByName(wish.entries)
      return { ...wish, entries, key: keyOfEntries(entries) }
    })
    const known = new Map(
      keyed.map((wish): [KeyedWish, MadeZip | undefined] => [wish, records.find(wish.path, wish.key)]),
    )
    const missing = keyed.filter((wish) => !known.get(wish))
    if (missing.length > 0)
      for (const [wish, zip] of await make(missing, { folder, records, options })) known.set(wish, zip)
    return keyed.flatMap((wish) => known.get(wish) ?? [])
  } finally {
    remove()
  }
}

interface KeyedWish extends ZipWish {
  readonly key: string
}

interface Making {
  readonly folder: string
  readonly records: Records<MadeZip>
  readonly options: ZipsOptions
}

// Wishes with the same key are one zip.
async function make(
  wishes: readonly KeyedWish[],
  { folder, records, options }: Making,
): Promise<ReadonlyMap<KeyedWish, MadeZip>> {
  const cache = PieceCache.open(folder)
  try {
    const drafts = await draftAll([...new Map(wishes.map((wish) => [wish.key, wish])).values()], cache, options)
    for (const { draft } of drafts.values()) await draft.sink.place()
    const made = new Map<KeyedWish, MadeZip>()
    for (const wish of wishes) {
      const { path, key, entries } = wish
      const { draft, zip } = drafts.get(key) ?? unreachable(path)
      if (draft.path !== path) await placeZip(draft.path, path)
      made.set(wish, zip)
      const isCertain = entries.every(({ source }) => !isFile(source) || !isRacy(source, options.beganMs))
      if (isCertain) records.set(path, key, zip)
      else records.delete(path)
    }
    await cache.save()
    await records.save()
    return made
  } finally {
    cache.close()
  }
}

interface Drafted {
  readonly draft: ZipDraft
  readonly zip: MadeZip
}

// A damaged pack is forgotten, and what was in it is made again.
async function draftAll(
  wishes: readonly KeyedWish[],
  cache: PieceCache,
  options: ZipsOptions,
): Promise<ReadonlyMap<string, Drafted>> {
  const [first] = wishes
  const contents = wishes.length === 1 && first ? first.entries : allContents(wishes)
  for (;;) {
    const drafts = new Map<string, Drafted>()
    let isWhole = false
    try {
      const damaged = await compressAndDraft(wishes, contents, { cache, drafts, options })
      isWhole = !damaged
      if (!damaged) return drafts
      cache.drop(damaged)
    } finally {
      if (!isWhole) for (const { draft } of drafts.values()) await draft.sink.discard()
    }
  }
}

// The same file in several artifacts is one content.
function allContents(wishes: readonly KeyedWish[]): PackEntry[] {
  const contents = new Map<string, PackEntry>()
  for (const { entries } of wishes) for (const entry of entries) contents.set(nameOf(entry, 0), entry)
  return [...contents.values()]
}

interface Drafting {
  readonly cache: PieceCache
  readonly drafts: Map<string, Drafted>
  readonly options: ZipsOptions
}

// Zips are written while workers compress what comes later in them.
async function compressAndDraft(
  wishes: readonly KeyedWish[],
  contents: readonly PackEntry[],
  { cache, drafts, options }: Drafting,
): Promise<PackReader | undefined> {
  const supply = new Supply()
  const onMore = () => supply.more()
  const compressing = compress(contents, cache, { ...options, onMore }).finally(() => supply.end())
  const drafting = async () => {
    await supply.next('the first content')
    // What cannot be made leaves nothing behind, not even a folder.
    if (supply.isOver && (await compressing).length > 0) return undefined
    return await draftEach(wishes, supply, { cache, drafts, options })
  }
  const [compressed, drafted] = await Promise.allSettled([compressing, drafting()])
  if (compressed.status === 'rejected') throw compressed.reason
  if (compressed.value.length > 0) {
    await cache.save()
    throw new SlsError(compressed.value)
  }
  if (drafted.status === 'rejected') throw drafted.reason
  return drafted.value
}

async function draftEach(
  wishes: readonly KeyedWish[],
  supply: Supply,
  { cache, drafts, options }: Drafting,
): Promise<PackReader | undefined> {
  for (const { path, key, entries } of wishes) {
    const report = createReport()
    const marks = createCodeMarks()
    const draft = await draftZip(path, storedEntries(entries, supply, { cache, report, marks }), options.signal)
    if ('damaged' in draft) return draft.damaged
    const { digest, bytes } = draft
    drafts.set(key, { draft, zip: { digest, bytes, ...report.end(), marks: marks.end() } })
  }
  return undefined
}

interface Stored {
  readonly cache: PieceCache
  readonly report: ReturnType<typeof createReport>
  readonly marks: ReturnType<typeof createCodeMarks>
}

function* storedEntries(
  entries: readonly PackEntry[],
  supply: Supply,
  { cache, report, marks }: Stored,
): Generator<StoredEntry | Promise<void>> {
  for (const entry of entries) {
    const { name, executable } = entry
    let pieces = piecesIn(cache, entry)
    for (; !pieces; pieces = piecesIn(cache, entry)) yield supply.next(name)
    const stored = { name, executable, pieces }
    report.add(stored)
    marks.add(stored, entry.fn)
    yield stored
  }
}

function piecesIn(cache: PieceCache, entry: PackEntry): StoredPiece[] | undefined {
  const { source, scan } = entry
  const state = isFile(source) ? source : undefined
  const found: StoredPiece[] = []
  for (let index = 0; index < pieceCount(source.size); index++) {
    const piece = cache.find(nameOf(entry, index), state, scan)
    if (!piece) return undefined
    found.push(piece)
  }
  return found
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
