import { accessSync, constants, mkdirSync, rmSync } from 'node:fs'
import { newPack, type PackReader } from '../cache/pack-reader.ts'
import { isSystemError } from '../files/system-error.ts'
import { MAX_PIECE_BYTES } from '../zip/piece.ts'
import { Batcher, type FarTask, isFileTask, isWorthThreads, tasksOf, threadsFor } from './batches.ts'
import { type Content, nameOf } from './content.ts'
import { Pool } from './pool.ts'

export interface AheadOptions {
  readonly cacheDir: string
  readonly workers?: number
  readonly signal?: AbortSignal
}

/** Workers that compress already. */
export interface Begun {
  readonly pool: Pool<FarTask>
  readonly packs: readonly PackReader[]
  /** Whether they have this, or had it. */
  has(content: Content): boolean
}

/** Compresses the first files that are found while others are looked for, which keeps one thread busy and no other. */
export class Ahead {
  readonly #options: AheadOptions
  readonly #contents = new Map<string, Content>()
  readonly #batcher = new Batcher()
  #waiting: (readonly FarTask[])[] = []
  #bytes = 0
  #pushed = 0
  #begun: Begun | undefined
  #isOver = false

  constructor(options: AheadOptions) {
    this.#options = options
  }

  /** Says that there will be enough for threads: they start while nothing is found yet. */
  expect(): void {
    if (!this.#isOver) this.#beginOnce()
  }

  /** Says that these will probably be needed. */
  offer(contents: Iterable<Content>): void {
    if (this.#isOver) return
    for (const task of tasksOf(contents, (name) => this.#contents.has(name))) {
      if (!isFileTask(task) || task.source.size > MAX_PIECE_BYTES) continue
      this.#contents.set(task.name, task.content)
      this.#bytes += task.length
      const full = this.#batcher.add(task)
      if (full) this.#waiting.push(full)
    }
    if (this.#waiting.length > 0 && isWorthThreads(this.#contents.size, this.#bytes)) this.#push()
  }

  /** Whoever takes the workers ends them, and has their packs. Nothing is taken twice. */
  take(): Begun | undefined {
    const begun = this.#begun
    this.#begun = undefined
    this.#isOver = true
    for (const { name } of [...this.#waiting.flat(), ...this.#batcher.rest()]) this.#contents.delete(name)
    return begun
  }

  /** Leaves nothing of what nobody has taken. */
  async end(): Promise<void> {
    const begun = this.take()
    await begun?.pool.stop()
    for (const { path } of begun?.packs ?? []) rmSync(path, { force: true })
  }

  #beginOnce(): Begun | undefined {
    this.#begun ??= this.#begin()
    if (!this.#begun) this.#isOver = true
    return this.#begun
  }

  #push(): void {
    const begun = this.#beginOnce()
    if (!begun) return
    const { pool, packs } = begun
    const room = BATCHES * packs.length - this.#pushed
    for (const batch of this.#waiting.splice(0, room)) {
      this.#pushed++
      pool.push(batch)
    }
    this.#isOver = this.#pushed >= BATCHES * packs.length
  }

  #begin(): Begun | undefined {
    const { cacheDir, workers, signal } = this.#options
    try {
      mkdirSync(cacheDir, { recursive: true })
      accessSync(cacheDir, constants.W_OK)
    } catch (cause) {
      if (!isSystemError(cause)) throw cause
      return undefined
    }
    const packs = Array.from({ length: threadsFor(workers) }, () => newPack(cacheDir))
    const known = new Uint8Array(0)
    const pool = new Pool<FarTask>({ packPaths: packs.map(({ path }) => path), known, ...(signal && { signal }) })
    return { pool, packs, has: (content) => isSame(this.#contents.get(nameOf(content, 0)), content) }
  }
}

// What a worker does in the time that it takes to look for all files of a large project. The rest goes to who is free first.
const BATCHES = 12

function isSame(found: Content | undefined, { source, scan }: Content): boolean {
  return found?.source === source && found.scan === scan
}
