import { EventEmitter, on } from 'node:events'
import type { LogLine, LogQuery } from '@anyfaas/kit'
import { LogFile } from './log-file.ts'
import { Masks } from './masks.ts'

/** What the functions of a service print and what happens to them. Values of secrets never get into it. */
export class ServiceLog {
  readonly masks = new Masks()
  readonly #file: LogFile
  readonly #lines = new EventEmitter<{ line: [LogLine] }>()

  constructor(path: string) {
    this.#file = new LogFile(path)
    // One listener for everybody who follows.
    this.#lines.setMaxListeners(0)
  }

  tell(line: Omit<LogLine, 'time'>): void {
    const told: LogLine = { time: Date.now(), ...line, text: this.masks.hide(line.text) }
    this.#file.append(JSON.stringify(told))
    this.#lines.emit('line', told)
  }

  /** Hears every line from now on, until the returned function is called. */
  hear(listener: (line: LogLine) => void): () => void {
    this.#lines.on('line', listener)
    return () => void this.#lines.off('line', listener)
  }

  /** Resolves when every line so far is in the file. */
  async written(): Promise<void> {
    await this.#file.written()
  }

  /** The lines so far, and with `follow` those to come until the signal aborts. None is missed or told twice. */
  async *read(query: LogQuery, signal: AbortSignal): AsyncGenerator<LogLine> {
    const isWanted = wants(query)
    const following = query.follow ? on(this.#lines, 'line', { signal }) : undefined
    const texts = await this.#file.read()
    const lines = texts.flatMap(parseLine).filter(isWanted)
    yield* query.tail === undefined ? lines : lines.slice(Math.max(0, lines.length - query.tail))
    if (!following) return
    for await (const [line] of following as AsyncIterable<[LogLine]>) if (isWanted(line)) yield line
  }
}

function wants({ functions, since = 0 }: LogQuery): (line: LogLine) => boolean {
  return (line) => line.time >= since && (functions.length === 0 || functions.includes(line.function))
}

// A platform that was killed can have left half a line.
function parseLine(text: string): LogLine[] {
  try {
    return [JSON.parse(text) as LogLine]
  } catch {
    return []
  }
}
