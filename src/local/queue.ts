/** Runs one piece of work after the other. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    // Its failure belongs to who asked for it; the next one begins anyway.
    this.#last = result.catch(() => undefined)
    return result
  }
}

/** The same for each name by itself. */
export class Queues {
  readonly #byName = new Map<string, Queue>()

  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const queue = this.#byName.get(name) ?? new Queue()
    this.#byName.set(name, queue)
    return queue.run(work)
  }
}
