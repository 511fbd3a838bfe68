import { EventEmitter } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import type { LogLine, LogQuery } from '@anyfaas/kit'
import { Following } from './following.ts'
import { LogFile } from './log-file.ts'
import { Masks } from './masks.ts'

const TURN_LINES = 1000

/** What the functions of a service print and what happens to them. Values of secrets never get into it. */
export class ServiceLog {
  readonly masks = new Masks()
  readonly #file: LogFile
  readonly #lines = new EventEmitter<{ line: [LogLine] }>()

  /** Of lines that came faster than they can be written, by function. */
  readonly #dropped = new Map<string, number>()

  constructor(path: string) {
    this.#file = new LogFile(path)
    // One listener for everybody who follows.
    this.#lines.setMaxListeners(0)
  }

  tell(line: Omit<LogLine, 'time'>, hasTo = false): void {
    const told: LogLine = { time: Date.now(), ...line, text: this.masks.hide(line.text) }
    if (this.#file.append(JSON.stringify(told), hasTo)) this.#lines.emit('line', told)
    else this.#drop(told)
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

  #drop({ function: name }: LogLine): void {
    if (this.#dropped.size === 0) void this.#file.written().then(() => this.#tellDropped())
    this.#dropped.set(name, (this.#dropped.get(name) ?? 0) + 1)
  }

  #tellDropped(): void {
    const dropped = [...this.#dropped]
    this.#dropped.clear()
    for (const [name, count] of dropped) {
      const text = `${count} lines are dropped here: it prints them faster than they can be written`
      this.tell({ function: name, stream: 'sys', text }, true)
    }
  }

  /** The lines so far, and with `follow` those to come until the signal aborts. None is missed or told twice. */
  async *read(query: LogQuery, signal: AbortSignal): AsyncGenerator<LogLine> {
    const isWanted = wants(query)
    const following = query.follow ? new Following((listener) => this.hear(listener), signal) : undefined
    const texts = await this.#file.read()
    if (query.tail === undefined) yield* inTurns(texts, isWanted)
    else yield* lastOf(texts, isWanted, query.tail)
    if (!following) return
    for await (const line of following.lines()) if (isWanted(line)) yield line
  }
}

function wants({ functions, since = 0 }: LogQuery): (line: LogLine) => boolean {
  return (line) => line.time >= since && (functions.length === 0 || functions.includes(line.function))
}

// A full log takes long enough to understand that requests would have to wait for it.
async function* inTurns(texts: readonly string[], isWanted: (line: LogLine) => boolean): AsyncGenerator<LogLine> {
  for (let at = 0; at < texts.length; at += TURN_LINES) {
    yield* texts
      .slice(at, at + TURN_LINES)
      .flatMap(parseLine)
      .filter(isWanted)
    await setImmediate()
  }
}

function lastOf(texts: readonly string[], isWanted: (line: LogLine) => boolean, count: number): readonly LogLine[] {
  const found: LogLine[] = []
  for (let at = texts.length - 1; at >= 0 && found.length < count; at--) {
    found.push(...parseLine(texts[at] as string).filter(isWanted))
  }
  return found.reverse()
}

// A platform that was killed can have left half a line.
function parseLine(text: string): LogLine[] {
  try {
    return [JSON.parse(text) as LogLine]
  } catch {
    return []
  }
}
