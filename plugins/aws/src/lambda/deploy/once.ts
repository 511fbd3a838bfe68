/** A reading that several share: done once, and again after it has failed. */
export class Once<T> {
  #reading: Promise<T> | undefined

  get(read: () => Promise<T>): Promise<T> {
    this.#reading ??= read().catch((cause: unknown) => {
      this.#reading = undefined
      throw cause
    })
    return this.#reading
  }
}
