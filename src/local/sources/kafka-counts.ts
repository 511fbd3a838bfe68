import { rm } from 'node:fs/promises'
import { isMap } from '@anyfaas/kit'
import { readJson, writeJson } from '../json-file.ts'
import { Queue } from '../queue.ts'

/**
 * Of each topic, how many partitions there were when its trigger last knew where to go on in all of them; 0 while it is missing. Kept on the
 * disk: what was added since, be it a partition or the topic, is had from its first record on, also when it was added while nobody listened.
 */
export class PartitionCounts {
  readonly #path: string
  readonly #writes = new Queue()
  #counts: Map<string, number> | undefined

  constructor(path: string) {
    this.#path = path
  }

  async open(): Promise<void> {
    if (this.#counts) return
    const kept = await readJson(this.#path)
    const known = Object.entries(isMap(kept) ? kept : {})
    this.#counts = new Map(known.flatMap(([topic, count]) => (typeof count === 'number' ? [[topic, count]] : [])))
  }

  /** Undefined for a topic that nobody has looked for. */
  get(topic: string): number | undefined {
    return this.#counts?.get(topic)
  }

  /** Resolves when they outlive the platform. */
  async set(found: Iterable<readonly [topic: string, count: number]>): Promise<void> {
    const counts = new Map([...(this.#counts ?? []), ...found])
    const isOther = [...counts].some(([topic, count]) => this.get(topic) !== count)
    this.#counts = counts
    if (isOther) await this.#writes.run(() => writeJson(this.#path, Object.fromEntries(counts)))
  }

  async forget(): Promise<void> {
    await this.#writes.run(() => rm(this.#path, { force: true }))
  }
}
