import { rmSync } from 'node:fs'
import { type Diagnostic, error, type PhaseProgress, SlsError } from '@anyfaas/kit'
import { newPack, PackReader } from '../cache/pack-reader.ts'
import { PackWriter } from '../cache/pack-writer.ts'
import type { PieceCache } from '../cache/piece-cache.ts'
import { isSystemError, reasonOf } from '../files/system-error.ts'
import { MAX_PIECE_BYTES } from '../zip/piece.ts'
import type { Ahead, Begun } from './ahead.ts'
import {
  Batcher,
  bytesOf,
  type FarTask,
  type IsThere,
  isFileTask,
  isWorthThreads,
  type NamedTask,
  tasksOf,
  threadsFor,
} from './batches.ts'
import { type Content, isFile, nameOf } from './content.ts'
import { createPieceWork, type PieceResult } from './piece-work.ts'
import type { Pool } from './pool.ts'

export interface CompressOptions {
  readonly signal?: AbortSignal
  /** Threads to use; by default as many as there are cores, up to 4. The bytes do not depend on it. */
  readonly workers?: number
  /** Has compressed some of it already, perhaps. */
  readonly ahead?: Ahead
  /** Hears, again and again, how much is compressed. */
  onProgress?(progress: PhaseProgress): void
  /** Called when more contents than before are in the cache. */
  onMore?(): void
}

/** Contents of which something is missing, and how much. */
interface Missing {
  readonly contents: readonly Content[]
  readonly pieces: number
  readonly bytes: number
}

/**
 * Puts what is missing of these contents, each of which should stand here once, into the cache. Gives what could not be read or changed meanwhile: SLS4004.
 * Throws SLS4005 when the cache cannot be written, SLS5002 when it is interrupted.
 */
export async function compress(
  contents: readonly Content[],
  cache: PieceCache,
  options: CompressOptions,
): Promise<Diagnostic[]> {
  if (options.signal?.aborted) throw interrupted()
  const missing = findMissing(contents, cache)
  const begun = options.ahead?.take()
  const packs = [...(begun?.packs ?? [])]
  const open: { pool?: Pool<FarTask> | undefined; writer?: PackWriter } = { pool: begun?.pool }
  const failed = new Map<string, Diagnostic>()
  try {
    const isLarge = begun !== undefined || isWorthThreads(missing.pieces, missing.bytes)
    const far = isLarge ? missing.contents.filter(({ source }) => isFile(source)) : []
    const near = isLarge ? missing.contents.filter(({ source }) => !isFile(source)) : missing.contents
    cache.reserve(missing.pieces)
    const take = (task: NamedTask, result: PieceResult, pack: PackReader) => {
      const mistake = settle(task, result, { cache, pack })
      if (mistake) failed.set(nameOf(task.content, 0), mistake)
    }
    if (!begun && far.length > 0) {
      packs.push(...packsFor(cache, threadsFor(options.workers)))
      open.pool = await startPool(packs, cache, options)
    }
    open.writer = new PackWriter(newPack(cache.folder).path)
    const ended = open.pool && runFar(far, open.pool, { packs, cache, options, bytes: missing.bytes, begun }, take)
    // Awaited below; what fails here meanwhile ends the threads first.
    ended?.catch(() => undefined)
    runNear(tasksOf(near, isThereIn(cache)), { writer: open.writer, cache }, take)
    await ended
    if (options.signal?.aborted) throw interrupted()
  } catch (cause) {
    await open.pool?.stop()
    open.writer?.close()
    for (const path of [open.writer?.path ?? [], packs.map((pack) => pack.path)].flat()) rmSync(path, { force: true })
    if (!isSystemError(cause)) throw cause
    throw new SlsError(error('SLS4005', `"${cache.folder}" cannot be written: ${reasonOf(cause)}`), { cause })
  }
  // What was found ahead may not be needed.
  const isNeeded = new Set(failed.size > 0 ? missing.contents.map((content) => nameOf(content, 0)) : [])
  return [...failed].flatMap(([name, mistake]) => (isNeeded.has(name) ? mistake : []))
}

function findMissing(contents: readonly Content[], cache: PieceCache): Missing {
  const missing: Content[] = []
  let [pieces, bytes] = [0, 0]
  for (const content of contents) {
    const { source, scan } = content
    // Nearly all are of one piece.
    if (source.size <= MAX_PIECE_BYTES) {
      if (cache.has(nameOf(content, 0), isFile(source) ? source : undefined, scan)) continue
      pieces++
      bytes += source.size
    } else {
      const tasks = [...tasksOf([content], isThereIn(cache))]
      if (tasks.length === 0) continue
      pieces += tasks.length
      bytes += bytesOf(tasks)
    }
    missing.push(content)
  }
  return { contents: missing, pieces, bytes }
}

function isThereIn(cache: PieceCache): IsThere {
  return (name, state, scan) => cache.has(name, state, scan)
}

type Take = (task: NamedTask, result: PieceResult, pack: PackReader) => void

function runNear(
  tasks: Iterable<NamedTask>,
  { writer, cache }: { readonly writer: PackWriter; readonly cache: PieceCache },
  take: Take,
): void {
  const work = createPieceWork(writer, (key) => cache.knows(key))
  const pack = new PackReader(writer.path, { isFresh: true })
  for (const task of tasks) take(task, work(task), pack)
  writer.flush()
  writer.close()
}

interface Far {
  readonly packs: readonly PackReader[]
  readonly cache: PieceCache
  readonly options: CompressOptions
  /** Of all tasks. */
  readonly bytes: number
  readonly begun: Begun | undefined
}

async function runFar(
  contents: readonly Content[],
  pool: Pool<FarTask>,
  { packs, cache, options, begun, bytes: totalBytes }: Far,
  take: Take,
): Promise<void> {
  const rest = begun ? contents.filter((content) => !begun.has(content)) : contents
  const total = megabytes(totalBytes)
  let bytes = 0
  await pool.run(batchesOf(rest, cache), (batch, { pack, results }) => {
    bytes += bytesOf(batch)
    options.onProgress?.({ done: Math.min(megabytes(bytes), total), total, unit: 'MB' })
    for (const [at, result] of results.entries()) {
      const task = batch[at]
      const from = packs[pack]
      if (task && from) take(task, result, from)
    }
    options.onMore?.()
  })
}

async function startPool(
  packs: readonly PackReader[],
  cache: PieceCache,
  { signal }: CompressOptions,
): Promise<Pool<FarTask>> {
  // Late, so that a small service waits for nothing of it.
  const { Pool } = await import('./pool.ts')
  // Of a view all of the memory behind it would be copied for each worker.
  const known = Uint8Array.from(cache.keys())
  return new Pool({ packPaths: packs.map(({ path }) => path), known, ...(signal && { signal }) })
}

function* batchesOf(contents: readonly Content[], cache: PieceCache): Generator<readonly FarTask[]> {
  const batcher = new Batcher()
  for (const task of tasksOf(contents, isThereIn(cache))) {
    const full = isFileTask(task) ? batcher.add(task) : undefined
    if (full) yield full
  }
  const rest = batcher.rest()
  if (rest.length > 0) yield rest
}

interface Place {
  readonly cache: PieceCache
  readonly pack: PackReader
}

function settle(
  { name, content, source }: NamedTask,
  result: PieceResult,
  { cache, pack }: Place,
): Diagnostic | undefined {
  const state = isFile(source) ? source : undefined
  if (result.kind === 'packed') cache.add(name, state, result.piece.key, { ...result.piece, pack })
  else if (result.kind === 'known') cache.link(name, state, result)
  else if (result.kind === 'unreadable') return error('SLS4004', `"${content.name}" cannot be read: ${result.reason}`)
  else {
    const help = ['run the command again']
    return error('SLS4004', `"${content.name}" changed while it was packaged`, { help })
  }
  return undefined
}

function packsFor(cache: PieceCache, count: number): PackReader[] {
  return Array.from({ length: count }, () => newPack(cache.folder))
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024)
}

function interrupted(): SlsError {
  return new SlsError(error('SLS5002', 'interrupted while packaging'))
}
