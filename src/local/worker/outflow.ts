import { type FromWorker, STREAM_WINDOW_BYTES } from '../wire/wire.ts'

/** Sends a streamed body in chunks, no faster than the client takes them. */
export class Outflow {
  readonly #id: number
  readonly #send: (message: FromWorker) => void
  #sentBytes = 0
  #wake: (() => void) | undefined
  #isCancelled = false

  constructor(id: number, send: (message: FromWorker) => void) {
    this.#id = id
    this.#send = send
  }

  /** Resolves when the body has ended or nobody wants it any more; rejects with the body's own error. */
  async pump(body: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of body) {
      if (this.#isCancelled) return
      this.#send({ kind: 'chunk', id: this.#id, body: chunk })
      this.#sentBytes += chunk.length
      if (this.#sentBytes >= STREAM_WINDOW_BYTES) await this.#room()
      if (this.#isCancelled) return
    }
    this.#send({ kind: 'end', id: this.#id })
  }

  /** The client has taken everything that was sent. */
  more(): void {
    this.#sentBytes = 0
    this.#wake?.()
  }

  cancel(): void {
    this.#isCancelled = true
    this.#wake?.()
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
