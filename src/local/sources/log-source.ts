import type { LogData, LogLine } from '@anyfaas/runtime'
import type { LogSourceSpec } from '../spec.ts'
import { lineFilter } from './line-filter.ts'
import type { Source, SourceContext } from './source.ts'

export const DEFAULT_INTERVAL_SEC = 1
/** In one event. */
export const MOST_LINES = 1000
/** That wait for the next event; more are left out, and it is told how many. */
const MOST_WAITING = 10_000

/** What another function of the service prints, gathered into an event every so often. */
export class LogSource implements Source {
  readonly #spec: LogSourceSpec
  readonly #context: SourceContext
  readonly #unheard: () => void
  readonly #timer: NodeJS.Timeout
  #waiting: LogLine[] = []
  #leftOut = 0
  #sending: Promise<void> = Promise.resolve()
  #isSending = false

  constructor(spec: LogSourceSpec, context: SourceContext) {
    this.#spec = spec
    this.#context = context
    const isWanted = lineFilter(spec.filter) ?? (() => true)
    this.#unheard = context.hear(({ function: name, stream, time, text }) => {
      // What the platform says of a function is no line of its own, and could be about this very trigger.
      if (name !== spec.source || stream === 'sys' || !isWanted(text)) return
      if (this.#waiting.length < MOST_WAITING) this.#waiting.push({ time, text })
      else this.#leftOut++
    })
    this.#timer = setInterval(() => this.#send(), (spec.interval ?? DEFAULT_INTERVAL_SEC) * 1000)
    context.tell(`listens to what "${spec.source}" prints`)
  }

  async stop(): Promise<void> {
    this.#unheard()
    clearInterval(this.#timer)
    await this.#sending
    this.#send()
    await this.#sending
  }

  // While the queue is full, lines wait here, and the next event is not begun.
  #send(): void {
    if (this.#isSending || this.#waiting.length === 0) return
    this.#isSending = true
    this.#sending = this.#sendAll().finally(() => {
      this.#isSending = false
    })
  }

  async #sendAll(): Promise<void> {
    const lines = this.#waiting
    const leftOut = this.#leftOut
    this.#waiting = []
    this.#leftOut = 0
    if (leftOut > 0)
      this.#context.tell(`left out ${leftOut} lines of "${this.#spec.source}": they come faster than they are taken`)
    for (let at = 0; at < lines.length; at += MOST_LINES) {
      const data = logData(this.#spec, lines.slice(at, at + MOST_LINES))
      await this.#context.take({ data }).catch((failure: Error) => {
        this.#context.tell(`lines of "${this.#spec.source}" are lost: ${failure.message}`)
      })
    }
  }
}

export function logData({ project, source }: LogSourceSpec, lines: readonly LogLine[]): LogData {
  return { project, store: source, lines }
}
