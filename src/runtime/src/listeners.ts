type Listener = (...args: unknown[]) => void

/** As much of an event emitter as a plain `(req, res)` handler uses. */
export class Listeners {
  readonly #listeners = new Map<string, Listener[]>()

  on(name: string, listener: Listener): this {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener])
    return this
  }

  once(name: string, listener: Listener): this {
    const first: Listener = (...args) => {
      this.off(name, first)
      listener(...args)
    }
    return this.on(name, first)
  }

  off(name: string, listener: Listener): this {
    this.#listeners.set(
      name,
      (this.#listeners.get(name) ?? []).filter((item) => item !== listener),
    )
    return this
  }

  emit(name: string, ...args: unknown[]): boolean {
    const listeners = this.#listeners.get(name) ?? []
    for (const listener of listeners) listener.apply(this, args)
    return listeners.length > 0
  }
}
