import { SlsError } from '@anyfaas/kit'
import type { PackReader } from './cache/pack-reader.ts'
import type { PieceCache } from './cache/piece-cache.ts'
import type { StoredPiece } from './cache/piece-table.ts'
import type { Stock } from './cache/stock.ts'
import type { KeptZip, MadeBlock } from './made-zip.ts'
import { createReport } from './report.ts'
import { type CompressOptions, compress } from './work/compress.ts'
import { isFile, nameOf } from './work/content.ts'
import type { EntryBlock, PackEntry } from './work/entries-key.ts'
import { Supply } from './work/supply.ts'
import { createBlockMarks } from './zip/code-marks.ts'
import { pieceCount } from './zip/piece.ts'
import { draftZip, type StoredEntry, type ZipBlock, type ZipDraft, type ZipPart, type ZipStart } from './zip/zip.ts'

export interface Drafted {
  readonly draft: ZipDraft
  readonly zip: KeptZip
}

/** A zip that is like no other one. */
export interface DraftWish {
  /** Absolute. */
  readonly path: string
  readonly key: string
  readonly blocks: readonly EntryBlock[]
}

export interface DraftQuery {
  readonly cache: PieceCache
  readonly stock: Stock
  readonly options: CompressOptions
}

/**
 * Writes zips beside their places, and gives them by their keys. What a damaged pack or zip held is forgotten and made again. Throws as
 * `makeZips`, and leaves nothing behind then.
 */
export async function draftAll(wishes: readonly DraftWish[], query: DraftQuery): Promise<ReadonlyMap<string, Drafted>> {
  const { cache, stock } = query
  for (;;) {
    const drafts = new Map<string, Drafted>()
    let isWhole = false
    try {
      const damaged = await compressAndDraft(wishes, drafts, query)
      isWhole = !damaged
      if (!damaged) return drafts
      if (!stock.drop(damaged)) cache.drop(damaged)
    } finally {
      if (!isWhole) await discardAll(drafts.values())
    }
  }
}

/** Leaves none of them behind; what goes wrong with one is not worth more than why they are discarded. */
export async function discardAll(drafts: Iterable<Drafted>): Promise<void> {
  await Promise.allSettled([...drafts].map(({ draft }) => draft.sink.discard()))
}

/**
 * Keeps what was compressed for the next run. Where zips have most of it, little that is new is not worth writing the index
 * again: they have that as well.
 */
export async function keepPieces(wishes: readonly DraftWish[], cache: PieceCache, stock: Stock): Promise<void> {
  const copied = wishes.flatMap(({ blocks }) => blocks.filter((block) => stock.find(block)))
  if (copied.length > 0 && !cache.isWorthSaving) return cache.leave()
  for (const entry of copied.flatMap(({ entries }) => entries))
    for (let index = 0; index < pieceCount(entry.source.size); index++) cache.keep(nameOf(entry, index))
  await cache.save()
}

// Zips are written while workers compress what comes later in them.
async function compressAndDraft(
  wishes: readonly DraftWish[],
  drafts: Map<string, Drafted>,
  { cache, stock, options }: DraftQuery,
): Promise<PackReader | undefined> {
  const supply = new Supply()
  const onMore = () => supply.more()
  const contents = neededContents(wishes, stock)
  const compressing = compress(contents, cache, { ...options, onMore }).finally(() => supply.end())
  const drafting = async () => {
    await supply.next('the first content')
    // What cannot be made leaves nothing behind, not even a folder.
    if (supply.isOver && (await compressing).length > 0) return undefined
    return await draftEach(wishes, drafts, { cache, stock, supply, signal: options.signal })
  }
  const [compressed, drafted] = await Promise.allSettled([compressing, drafting()])
  if (compressed.status === 'rejected') throw compressed.reason
  if (compressed.value.length > 0) {
    await keepPieces(wishes, cache, stock)
    throw new SlsError(compressed.value)
  }
  if (drafted.status === 'rejected') throw drafted.reason
  return drafted.value
}

// The same file in several artifacts is one content.
function neededContents(wishes: readonly DraftWish[], stock: Stock): PackEntry[] {
  const blocks = new Map<string, EntryBlock>()
  for (const block of wishes.flatMap((wish) => wish.blocks)) if (!stock.find(block)) blocks.set(block.key, block)
  const entries = [...blocks.values()].flatMap((block) => block.entries)
  if (wishes.length === 1) return entries
  return [...new Map(entries.map((entry) => [nameOf(entry, 0), entry])).values()]
}

interface Sources {
  readonly cache: PieceCache
  readonly stock: Stock
  readonly supply: Supply
  readonly signal: AbortSignal | undefined
}

// Zips that begin alike are copied up to where they part, and the digest goes on from there.
async function draftEach(
  wishes: readonly DraftWish[],
  drafts: Map<string, Drafted>,
  sources: Sources,
): Promise<PackReader | undefined> {
  let after: ZipStart | undefined
  let before: readonly MadeBlock[] = []
  for (const [at, { path, key, blocks }] of wishes.entries()) {
    const known: Known[] = before.slice(0, after?.parts.length ?? 0)
    const rest = blocks.slice(known.length)
    const startParts = countAlike(blocks, wishes[at + 1]?.blocks ?? [])
    const draft = await draftZip(path, zipBlocks(rest, known, sources), {
      ...(sources.signal && { signal: sources.signal }),
      ...(after && { after }),
      ...(startParts > 0 && { startParts }),
    })
    if ('damaged' in draft) return draft.damaged
    const { digest, bytes, parts } = draft
    before = known.map((block, index) => ({ ...block, ...partAt(parts, index) }))
    drafts.set(key, { draft, zip: { digest, bytes, blocks: before } })
    after = draft.start
  }
  return undefined
}

type Known = Pick<MadeBlock, 'key' | 'report' | 'marks'>

function countAlike(one: readonly EntryBlock[], other: readonly EntryBlock[]): number {
  const parting = one.findIndex(({ key }, at) => key !== other[at]?.key)
  return parting < 0 ? one.length : parting
}

function partAt(parts: readonly ZipPart[], at: number): ZipPart {
  const part = parts[at]
  if (!part) throw new Error('a block was not written')
  return part
}

// Says of each block in `known` what is to be kept of it, when it has passed.
function* zipBlocks(
  blocks: readonly EntryBlock[],
  known: Known[],
  { cache, stock, supply }: Sources,
): Generator<ZipBlock> {
  for (const block of blocks) {
    const { key } = block
    const stocked = stock.find(block)
    if (stocked) {
      const { report, marks } = stocked.made
      known.push({ key, report, marks })
      yield stocked.stretch
      continue
    }
    const stored = { cache, supply, report: createReport(), marks: createBlockMarks() }
    yield storedEntries(block.entries, stored)
    known.push({ key, report: stored.report.end(), marks: stored.marks.end() })
  }
}

interface Stored {
  readonly cache: PieceCache
  readonly supply: Supply
  readonly report: ReturnType<typeof createReport>
  readonly marks: ReturnType<typeof createBlockMarks>
}

function* storedEntries(
  entries: readonly PackEntry[],
  { cache, supply, report, marks }: Stored,
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
