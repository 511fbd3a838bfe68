import { Worker } from 'node:worker_threads'
import { decodeResults, encodeTasks, type FileTask, type ResultBatch, type WorkerSetup } from './messages.ts'
import type { PieceResult } from './piece-work.ts'

export interface PoolOptions {
  /** One worker a pack. */
  readonly packPaths: readonly string[]
  readonly known: Uint8Array
  readonly signal?: AbortSignal
}

export interface PoolResult {
  /** Index of the pack that it was put into. */
  readonly pack: number
  readonly results: readonly PieceResult[]
}

/**
 * Compresses batches of pieces in worker threads; a batch is taken when a worker has room for it. `done` hears of each batch in no certain order. Throws what a worker
 * throws, such as a full disk; no worker runs any more when it returns or throws.
 */
export async function runPool<T extends FileTask>(
  batches: Iterable<readonly T[]>,
  options: PoolOptions,
  done: (batch: readonly T[], result: PoolResult) => void,
): Promise<void> {
  const rest = batches[Symbol.iterator]()
  const open = new Map<number, readonly T[]>()
  let id = 0
  const take = (worker: Worker) => {
    const { value, done: isOver } = rest.next()
    if (isOver) return false
    open.set(id, value)
    worker.postMessage(encodeTasks(id++, value))
    return true
  }
  const hear = (pack: number) => (answer: ResultBatch) => {
    const tasks = open.get(answer.id)
    open.delete(answer.id)
    if (tasks) done(tasks, { pack, results: decodeResults(answer) })
  }
  const workers = options.packPaths.map((packPath) => {
    const setup: WorkerSetup = { packPath, known: options.known }
    return new Worker(SCRIPT, { workerData: setup, execArgv: [], env: {}, resourceLimits: HEAP })
  })
  const stop = () => Promise.all(workers.map((worker) => worker.terminate()))
  options.signal?.addEventListener('abort', stop)
  try {
    await Promise.all(workers.map((worker, pack) => runWorker(worker, () => take(worker), hear(pack))))
  } finally {
    options.signal?.removeEventListener('abort', stop)
    await stop()
  }
}

// From the sources as from a bundle: see "Bundles" in docs/architecture.md.
const SCRIPT = new URL('../../../dist/packager/work/worker.cjs', import.meta.url)

// Almost nothing survives a batch, so room for more would only be filled with what nobody needs.
const HEAP = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 }

// So that a worker never waits for the next batch.
const AHEAD = 2

function runWorker(worker: Worker, take: () => boolean, hear: (answer: ResultBatch) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let open = 0
    worker.on('error', reject)
    worker.on('exit', () => resolve())
    worker.on('message', (answer: ResultBatch) => {
      hear(answer)
      open--
      more()
    })
    const more = () => {
      while (open < AHEAD && take()) open++
      if (open === 0) worker.postMessage(undefined)
    }
    more()
  })
}
