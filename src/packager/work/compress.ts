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

/**
 * Puts what is missing of these contents into the cache. Gives what could not be read or changed meanwhile: SLS4004.
 * Throws SLS4005 when the cache cannot be written, SLS5002 when it is interrupted.
 */
export async function compress(
  contents: readonly Content[],
  cache: PieceCache,
  options: CompressOptions,
): Promise<Diagnostic[]> {
  if (options.signal?.aborted) throw interrupted()
  const tasks = missingTasks(contents, cache)
  const failed = new Map<string, Diagnostic>()
  const isLarge = tasks.length > INLINE_TASKS || sum(tasks) > INLINE_BYTES
  const far = isLarge ? tasks.filter(isFileTask) : []
  const near = isLarge ? tasks.filter((task) => !isFileTask(task)) : tasks
  const take = (task: NamedTask, result: PieceResult, pack: PackReader) => {
    const mistake = settle(task, result, { cache, pack })
    if (mistake) failed.set(task.content.name, mistake)
  }
  const packs = packsFor(cache, far.length > 0 ? (options.workers ?? Math.min(availableParallelism(), 4)) : 0)
  const writer = new PackWriter(newPack(cache))
  try {
    const ended = far.length > 0 ? runFar(far, { packs, cache, options }, take) : Promise.resolve()
    runNear(near, { writer, cache }, take)
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

// The same file in several artifacts is one task.
function missingTasks(contents: readonly Content[], cache: PieceCache): NamedTask[] {
  const tasks = new Map<string, NamedTask>()
  for (const content of contents) {
    const { source, scan } = content
    const state = isFile(source) ? source : undefined
    // What is of one piece, nearly all, and known.
    if (source.size <= MAX_PIECE_BYTES && cache.has(nameOf(content, 0), state, scan)) continue
    for (const [index, piece] of piecesOfContent(content).entries()) {
      const name = nameOf(content, index)
      if (tasks.has(name) || cache.has(name, state, scan)) continue
      const { start, length, isLast } = piece
      tasks.set(name, { start, length, isLast, name, content, scan, source })
    }
  }
  return [...tasks.values()]
}

interface FarTask extends NamedTask {
  readonly source: FileState
}

function isFileTask(task: NamedTask): task is FarTask {
  return isFile(task.source)
}

type Take = (task: NamedTask, result: PieceResult, pack: PackReader) => void

function runNear(
  tasks: readonly NamedTask[],
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
}

async function runFar(tasks: readonly FarTask[], { packs, cache, options }: Far, take: Take): Promise<void> {
  // Late, so that a small service waits for nothing of it.
  const { runPool } = await import('./pool.ts')
  const known = Buffer.from([...cache.keys()].join(''), 'latin1')
  const { signal } = options
  const settings = { packPaths: packs.map(({ path }) => path), known, ...(signal && { signal }) }
  const total = megabytes(sum(tasks))
  let bytes = 0
  await runPool(batchesOf(tasks), settings, (batch, { pack, results }) => {
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

function batchesOf(tasks: readonly FarTask[]): FarTask[][] {
  const batches: FarTask[][] = []
  let batch: FarTask[] = []
  let bytes = 0
  for (const task of tasks) {
    if (batch.length === BATCH_TASKS || (batch.length > 0 && bytes + task.length > BATCH_BYTES)) {
      batches.push(batch)
      batch = []
      bytes = 0
    }
    batch.push(task)
    bytes += task.length
  }
  return batch.length > 0 ? [...batches, batch] : batches
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
