import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Diagnostic, error, type PhaseProgress, SlsError } from '@anyfaas/kit'
import { PackReader } from '../cache/pack-reader.ts'
import { PackWriter } from '../cache/pack-writer.ts'
import type { PieceCache } from '../cache/piece-cache.ts'
import type { FileState } from '../files/file-source.ts'
import { isSystemError, reasonOf } from '../files/system-error.ts'
import { MAX_PIECE_BYTES } from '../zip/piece.ts'
import { type Content, isFile, nameOf, piecesOfContent } from './content.ts'
import { createPieceWork, type PieceResult, type PieceTask } from './piece-work.ts'

export interface CompressOptions {
  readonly signal?: AbortSignal
  /** Threads to use; by default as many as there are cores, up to 4. The bytes do not depend on it. */
  readonly workers?: number
  /** Hears, again and again, how much is compressed. */
  onProgress?(progress: PhaseProgress): void
  /** Called when more contents than before are in the cache. */
  onMore?(): void
}

interface NamedTask extends PieceTask {
  readonly name: string
  readonly content: Content
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
  const failed = new Map<string, Diagnostic>()
  const isLarge = missing.pieces > INLINE_TASKS || missing.bytes > INLINE_BYTES
  const far = isLarge ? missing.contents.filter(({ source }) => isFile(source)) : []
  const near = isLarge ? missing.contents.filter(({ source }) => !isFile(source)) : missing.contents
  cache.reserve(missing.pieces)
  const take = (task: NamedTask, result: PieceResult, pack: PackReader) => {
    const mistake = settle(task, result, { cache, pack })
    if (mistake) failed.set(task.content.name, mistake)
  }
  const packs = packsFor(cache, far.length > 0 ? (options.workers ?? Math.min(availableParallelism(), 4)) : 0)
  const writer = new PackWriter(newPack(cache))
  try {
    const { bytes } = missing
    const ended = far.length > 0 ? runFar(far, { packs, cache, options, bytes }, take) : Promise.resolve()
    runNear(tasksOf(near, cache), { writer, cache }, take)
    await ended
    if (options.signal?.aborted) throw interrupted()
  } catch (cause) {
    writer.close()
    for (const path of [writer.path, ...packs.map((pack) => pack.path)]) rmSync(path, { force: true })
    if (!isSystemError(cause)) throw cause
    throw new SlsError(error('SLS4005', `"${cache.folder}" cannot be written: ${reasonOf(cause)}`), { cause })
  }
  return [...failed.values()]
}

// Starting threads takes as long as compressing this much.
const INLINE_BYTES = 2 << 20
const INLINE_TASKS = 400
const BATCH_TASKS = 256
const BATCH_BYTES = 2 << 20

function findMissing(contents: readonly Content[], cache: PieceCache): Missing {
  const missing: Content[] = []
  let [pieces, bytes] = [0, 0]
  for (const content of contents) {
    const { source, scan } = content
    const state = isFile(source) ? source : undefined
    // What is of one piece, nearly all, and known.
    if (source.size <= MAX_PIECE_BYTES && cache.has(nameOf(content, 0), state, scan)) continue
    const tasks = [...tasksOf([content], cache)]
    if (tasks.length === 0) continue
    missing.push(content)
    pieces += tasks.length
    bytes += sum(tasks)
  }
  return { contents: missing, pieces, bytes }
}

// Made when they are needed: all of them at once would take a fifth of the memory.
function* tasksOf(contents: readonly Content[], cache: PieceCache): Generator<NamedTask> {
  for (const content of contents) {
    const { source, scan } = content
    const state = isFile(source) ? source : undefined
    for (const [index, { start, length, isLast }] of piecesOfContent(content).entries()) {
      const name = nameOf(content, index)
      if (!cache.has(name, state, scan)) yield { start, length, isLast, name, content, scan, source }
    }
  }
}

interface FarTask extends NamedTask {
  readonly source: FileState
}

function isFileTask(task: NamedTask): task is FarTask {
  return isFile(task.source)
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
}

async function runFar(contents: readonly Content[], far: Far, take: Take): Promise<void> {
  const { packs, cache, options } = far
  // Late, so that a small service waits for nothing of it.
  const { runPool } = await import('./pool.ts')
  // Of a view all of the memory behind it would be copied for each worker.
  const known = Uint8Array.from(cache.keys())
  const { signal } = options
  const settings = { packPaths: packs.map(({ path }) => path), known, ...(signal && { signal }) }
  const total = megabytes(far.bytes)
  let bytes = 0
  await runPool(batchesOf(contents, cache), settings, (batch, { pack, results }) => {
    bytes += sum(batch)
    options.onProgress?.({ done: megabytes(bytes), total, unit: 'MB' })
    for (const [at, result] of results.entries()) {
      const task = batch[at]
      const from = packs[pack]
      if (task && from) take(task, result, from)
    }
    options.onMore?.()
  })
}

function* batchesOf(contents: readonly Content[], cache: PieceCache): Generator<FarTask[]> {
  let batch: FarTask[] = []
  let bytes = 0
  for (const task of tasksOf(contents, cache)) {
    if (!isFileTask(task)) continue
    if (batch.length === BATCH_TASKS || (batch.length > 0 && bytes + task.length > BATCH_BYTES)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(task)
    bytes += task.length
  }
  if (batch.length > 0) yield batch
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
  return Array.from({ length: count }, () => new PackReader(newPack(cache), { isFresh: true }))
}

function newPack(cache: PieceCache): string {
  return join(cache.folder, `${randomUUID()}.pack`)
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024)
}

function interrupted(): SlsError {
  return new SlsError(error('SLS5002', 'interrupted while packaging'))
}

function sum(tasks: readonly PieceTask[]): number {
  return tasks.reduce((bytes, { length }) => bytes + length, 0)
}
