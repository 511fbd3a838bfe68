import type { LogLine } from '@anyfaas/kit'

/** A reader that is slower than what is printed has at most so many lines waiting. */
const MOST_WAITING = 10_000

/** The lines from its making on, until the signal aborts. What a reader leaves lying for too long is left out, and it is told so. */
export class Following {
  readonly #signal: AbortSignal
  readonly #leave: () => void
  #waiting: LogLine[] = []
  #leftOut = 0
  #wake: () => void = () => undefined

  /** `hear` as `ServiceLog.hear` has it. */
  constructor(hear: (listener: (line: LogLine) => void) => () => void, signal: AbortSignal) {
    this.#signal = signal
    this.#leave = hear((line) => this.#take(line))
    const end = (): void => {
      this.#leave()
      this.#wake()
    }
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
  }

  async *lines(): AsyncGenerator<LogLine> {
    while (!this.#signal.aborted) {
      const lines = this.#waiting
      const leftOut = this.#leftOut
      this.#waiting = []
      this.#leftOut = 0
      yield* lines
      const last = lines.at(-1)
      if (last && leftOut > 0) yield { ...last, stream: 'sys', text: `${leftOut} lines after this are left out here` }
      if (this.#waiting.length > 0) continue
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        if (this.#signal.aborted) resolve()
      })
    }
  }

  #take(line: LogLine): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(line)
    else this.#leftOut++
    this.#wake()
  }
}
