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
