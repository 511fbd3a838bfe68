import type { Clock } from './clock.ts'

export interface WatchOptions<T> {
  /** Looks at everything at once: one page of a list instead of a request for each thing. */
  readonly look: () => Promise<ReadonlyMap<string, T>>
  /** Between two looks. */
  readonly everyMs: number
  readonly clock: Clock
}

/** Waits for things to become what one waits for. All who wait at a time share each look at the platform. */
export class Watch<T> {
  readonly #options: WatchOptions<T>
  #next: Promise<ReadonlyMap<string, T>> | undefined

  constructor(options: WatchOptions<T>) {
    this.#options = options
  }

  /**
   * The first state of a thing that `isDone` accepts; undefined as a state means that it is not there. Rejects with what
   * `isDone` or a look throws, and with the signal's reason.
   */
  async until(id: string, isDone: (state: T | undefined) => boolean, signal: AbortSignal): Promise<T | undefined> {
    for (;;) {
      signal.throwIfAborted()
      const states = await this.#look()
      const state = states.get(id)
      if (isDone(state)) return state
    }
  }

  // A look that has begun may have passed a thing already, so whoever comes now waits for the next one.
  #look(): Promise<ReadonlyMap<string, T>> {
    this.#next ??= this.#lookLater()
    return this.#next
  }

  async #lookLater(): Promise<ReadonlyMap<string, T>> {
    const { clock, everyMs, look } = this.#options
    await clock.wait(everyMs)
    this.#next = undefined
    return await look()
  }
}
