/**
 * Messages of one turn of the event loop, sent as one: under load the channel's cost is for each write. Alone, a message
 * waits for no other.
 */
export class Outbox<T> {
  readonly #write: (messages: readonly T[]) => void
  #waiting: T[] = []

  constructor(write: (messages: readonly T[]) => void) {
    this.#write = write
  }

  send(message: T): void {
    if (this.#waiting.push(message) === 1) setImmediate(() => this.#flush())
  }

  #flush(): void {
    const messages = this.#waiting
    this.#waiting = []
    this.#write(messages)
  }
}
