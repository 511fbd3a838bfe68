import type { Artifact } from './artifact.ts'
import type { Call } from './call.ts'

export interface ShelfOptions<P> {
  /** Sends an artifact; where it lies then. */
  readonly put: (artifact: Artifact, call: Call) => Promise<P>
  readonly remove: (place: P) => Promise<void>
}

/**
 * Where code waits that is too large for a request of the platform. Each artifact is sent once, one after another, for many
 * would not fit into memory at once; all of them go in the end.
 */
export class Shelf<P> {
  readonly #options: ShelfOptions<P>
  /** Path of the artifact -> where it lies. */
  readonly #sent = new Map<string, Promise<P>>()
  /** Settled when everybody before has sent. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: ShelfOptions<P>) {
    this.#options = options
  }

  /** Where an artifact lies; it is sent when it is not there yet, and again when that has failed. */
  async put(artifact: Artifact, call: Call): Promise<P> {
    const sent = this.#sent.get(artifact.path) ?? this.#inTurn(artifact, call)
    this.#sent.set(artifact.path, sent)
    try {
      return await sent
    } catch (cause) {
      this.#sent.delete(artifact.path)
      throw cause
    }
  }

  /** Takes away what was sent. */
  async clear(): Promise<void> {
    for (const sent of this.#sent.values()) await this.#options.remove(await sent)
    this.#sent.clear()
  }

  #inTurn(artifact: Artifact, call: Call): Promise<P> {
    const turn = this.#last.then(() => this.#options.put(artifact, call))
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
