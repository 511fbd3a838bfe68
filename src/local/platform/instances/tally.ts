import type { Watcher } from './exchange.ts'

/** Counts what is under way and tells when nothing is. */
export class Tally implements Watcher {
  #count = 0
  #waiting: (() => void)[] = []

  get count(): number {
    return this.#count
  }

  enter(): void {
    this.#count++
  }

  closed(): void {
    this.leave()
  }

  leave(): void {
    this.#count--
    if (this.#count > 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  idle(): Promise<void> {
    if (this.#count === 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
