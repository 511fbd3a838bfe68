/** More calls than a process can have at once. */
const SLOTS = 2 ** 20

/**
 * Calls by their numbers. A `Map` that has calls put in and taken out all the time leaves tables behind that the garbage
 * collector takes for alive until its next long run, with all that the calls hold: it was half of a request's cost.
 */
export class CallTable<T extends { readonly id: number }> {
  readonly #calls: (T | undefined)[] = []
  readonly #free: number[] = []
  #next = 1
  #size = 0

  get size(): number {
    return this.#size
  }

  /** A number that no call had before. Its place is kept until the call with it is removed. */
  reserve(): number {
    const slot = this.#free.pop() ?? this.#calls.push(undefined) - 1
    return this.#next++ * SLOTS + slot
  }

  set(call: T): void {
    const slot = call.id % SLOTS
    if (this.#calls[slot] === undefined) this.#size++
    this.#calls[slot] = call
  }

  get(id: number): T | undefined {
    const call = this.#calls[id % SLOTS]
    return call?.id === id ? call : undefined
  }

  /** False when it was not there. */
  delete(id: number): boolean {
    const slot = id % SLOTS
    if (this.#calls[slot]?.id !== id) return false
    this.#calls[slot] = undefined
    this.#free.push(slot)
    this.#size--
    return true
  }

  *[Symbol.iterator](): Generator<T> {
    for (const call of this.#calls) if (call !== undefined) yield call
  }
}
