/** Runs one piece of work after the other. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve()
  #count = 0

  /** Nothing runs, and nothing waits. */
  get isEmpty(): boolean {
    return this.#count === 0
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    this.#count++
    const result = this.#last.then(work).finally(() => void this.#count--)
    // Its failure belongs to who asked for it; the next one begins anyway.
    this.#last = result.catch(() => undefined)
    return result
  }
}

/** The same for each name by itself. */
export class Queues {
  readonly #byName = new Map<string, Queue>()

  /** Of names with work. */
  get size(): number {
    return this.#byName.size
  }

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const queue = this.#byName.get(name) ?? new Queue()
    this.#byName.set(name, queue)
    try {
      return await queue.run(work)
    } finally {
      // Names come and go; one with work that was added meanwhile stays.
      if (queue.isEmpty && this.#byName.get(name) === queue) this.#byName.delete(name)
    }
  }
}
