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

/** Compresses batches of pieces in worker threads, from when it is made until `run` or `stop` ends. */
export class Pool<T extends FileTask> {
  readonly #members: readonly Member[]
  readonly #over: Promise<unknown>
  readonly #signal: AbortSignal | undefined
  readonly #open = new Map<number, readonly T[]>()
  #id = 0
  /** What nobody has asked for yet. */
  #early: (() => void)[] = []
  #hear = (member: Member, answer: ResultBatch): void => {
    this.#early.push(() => this.#hear(member, answer))
  }

  constructor({ packPaths, known, signal }: PoolOptions) {
    this.#members = startMembers(packPaths, known)
    this.#over = Promise.all(this.#members.map((member) => this.#attend(member)))
    // `run` hears of what goes wrong.
    this.#over.catch(() => undefined)
    this.#signal = signal
    signal?.addEventListener('abort', this.stop)
    if (signal?.aborted) void this.stop()
  }

  /** Gives the worker that has the least a batch, whether it has room for it or not. */
  push(batch: readonly T[]): void {
    const [least] = this.#members.toSorted((a, b) => a.open - b.open)
    if (least) this.#send(least, batch)
  }

  /**
   * A batch is taken when a worker has room for it. `done` hears of each batch, those that were pushed before among them, in no certain
   * order. Throws what a worker throws, such as a full disk, and what `batches` and `done` throw; no worker runs any more when it returns or
   * throws.
   */
  async run(batches: Iterable<readonly T[]>, done: (batch: readonly T[], result: PoolResult) => void): Promise<void> {
    const rest = batches[Symbol.iterator]()
    const more = (member: Member) => {
      while (member.open < AHEAD) {
        const { value, done: isOver } = rest.next()
        if (isOver) break
        this.#send(member, value)
      }
      if (member.open === 0) member.worker.postMessage(undefined)
    }
    this.#hear = (member, answer) => {
      const tasks = this.#open.get(answer.id)
      this.#open.delete(answer.id)
      member.open--
      if (tasks) done(tasks, { pack: member.pack, results: decodeResults(answer) })
      more(member)
    }
    const idle = this.#members.filter(({ open }) => open === 0)
    try {
      for (const tell of this.#early.splice(0)) tell()
      for (const member of idle) more(member)
      await this.#over
    } finally {
      await this.stop()
    }
  }

  /** No worker runs any more afterwards. */
  readonly stop = async (): Promise<void> => {
    this.#signal?.removeEventListener('abort', this.stop)
    this.#hear = () => undefined
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()))
  }

  #send(member: Member, batch: readonly T[]): void {
    this.#open.set(this.#id, batch)
    member.worker.postMessage(encodeTasks(this.#id++, batch))
    member.open++
  }

  #attend(member: Member): Promise<void> {
    return new Promise((resolve, reject) => {
      member.worker.on('error', reject)
      member.worker.on('exit', () => resolve())
      member.worker.on('message', (answer: ResultBatch) => {
        try {
          this.#hear(member, answer)
        } catch (cause) {
          reject(cause)
        }
      })
    })
  }
}

interface Member {
  readonly pack: number
  readonly worker: Worker
  /** Batches that it has and has not answered, as far as anybody has heard. */
  open: number
}

// From the sources as from a bundle: see "Bundles" in docs/architecture.md.
const SCRIPT = new URL('../../../dist/packager/work/worker.cjs', import.meta.url)

// Almost nothing survives a batch, so room for more would only be filled with what nobody needs.
const HEAP = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 }

// So that a worker never waits for the next batch.
const AHEAD = 2

function startMembers(packPaths: readonly string[], known: Uint8Array): Member[] {
  const members: Member[] = []
  try {
    for (const [pack, packPath] of packPaths.entries())
      members.push({ pack, worker: startWorker({ packPath, known }), open: 0 })
    return members
  } catch (cause) {
    for (const { worker } of members) void worker.terminate()
    throw cause
  }
}

function startWorker(setup: WorkerSetup): Worker {
  return new Worker(SCRIPT, { workerData: setup, execArgv: [], env: {}, resourceLimits: HEAP })
}
