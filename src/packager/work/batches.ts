import { availableParallelism } from 'node:os'
import type { FileState } from '../files/file-source.ts'
import { type Content, isFile, nameOf, piecesOfContent } from './content.ts'
import type { PieceTask } from './piece-work.ts'

export interface NamedTask extends PieceTask {
  readonly name: string
  readonly content: Content
}

export interface FarTask extends NamedTask {
  readonly source: FileState
}

/** Whether the cache has a piece. */
export type IsThere = (name: string, state: FileState | undefined, scan: boolean) => boolean

/** What is missing of contents. Made when they are needed: all of them at once would take a fifth of the memory. */
export function* tasksOf(contents: Iterable<Content>, isThere: IsThere): Generator<NamedTask> {
  for (const content of contents) {
    const { source, scan } = content
    const state = isFile(source) ? source : undefined
    for (const [index, { start, length, isLast }] of piecesOfContent(content).entries()) {
      const name = nameOf(content, index)
      if (!isThere(name, state, scan)) yield { start, length, isLast, name, content, scan, source }
    }
  }
}

/** Puts tasks into batches for a worker. */
export class Batcher {
  #batch: FarTask[] = []
  #bytes = 0

  /** Gives a batch that is full without this task. */
  add(task: FarTask): readonly FarTask[] | undefined {
    const isFull =
      this.#batch.length === BATCH_TASKS || (this.#batch.length > 0 && this.#bytes + task.length > BATCH_BYTES)
    const full = isFull ? this.rest() : undefined
    this.#batch.push(task)
    this.#bytes += task.length
    return full
  }

  /** What is in no batch yet. */
  rest(): readonly FarTask[] {
    const batch = this.#batch
    this.#batch = []
    this.#bytes = 0
    return batch
  }
}

export function isFileTask(task: NamedTask): task is FarTask {
  return isFile(task.source)
}

/** How many bytes these are before they are compressed. */
export function bytesOf(tasks: readonly PieceTask[]): number {
  return tasks.reduce((bytes, { length }) => bytes + length, 0)
}

/** Starting threads takes as long as compressing less than this. */
export function isWorthThreads(pieces: number, bytes: number): boolean {
  return pieces > INLINE_TASKS || bytes > INLINE_BYTES
}

/** How many threads to use when so many are asked for. */
export function threadsFor(workers: number | undefined): number {
  return workers ?? Math.min(availableParallelism(), 4)
}

const INLINE_BYTES = 2 << 20
const INLINE_TASKS = 400
const BATCH_TASKS = 256
const BATCH_BYTES = 2 << 20
