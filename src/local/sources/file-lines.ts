import { type FileHandle, open } from 'node:fs/promises'
import { readJson, writeJson } from '../json-file.ts'
import type { LogSourceSpec } from '../spec.ts'
import { digestOf } from './digest.ts'
import { lineFilter } from './line-filter.ts'
import { DEFAULT_INTERVAL_SEC, logData, MOST_LINES } from './log-source.ts'
import type { Source, SourceContext } from './source.ts'

const CHUNK_BYTES = 256 << 10
const LF = 10

/** How far a file has been told of. */
interface Place {
  readonly inode: number
  readonly offset: number
  /** How many files it has been, one that was emptied being another. */
  readonly turn: number
}

/** Lines that are appended to a file, also while nobody listened and across its rotation. It reads no faster than they are taken. */
export class FileLines implements Source {
  readonly #spec: LogSourceSpec
  readonly #context: SourceContext
  readonly #isWanted: (line: string) => boolean
  #file: FileHandle | undefined
  #place: Place | undefined
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()
  #isStopped = false
  #complaint = ''

  constructor(spec: LogSourceSpec, context: SourceContext) {
    this.#spec = spec
    this.#context = context
    this.#isWanted = lineFilter(spec.filter) ?? (() => true)
  }

  /** What stands in the file at the very first start is known already: nobody is told of it. */
  async open(): Promise<this> {
    const known = (await readJson(this.#context.memory)) as Place | undefined
    this.#file = await this.#openFile()
    if (known) this.#place = known
    else if (this.#file) {
      const { ino, size } = await this.#file.stat()
      this.#place = { inode: ino, offset: size, turn: 0 }
    } else this.#place = NOWHERE
    await writeJson(this.#context.memory, this.#place)
    this.#context.tell(`listens to the lines of ${this.#spec.source}`)
    this.#lookLater()
    return this
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#looking
    await this.#file?.close()
  }

  #lookLater(): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(
      () => {
        this.#looking = this.#look().catch((failure: Error) => this.#complain(failure))
        void this.#looking.then(() => this.#lookLater())
      },
      (this.#spec.interval ?? DEFAULT_INTERVAL_SEC) * 1000,
    )
  }

  async #look(): Promise<void> {
    this.#file ??= await this.#openFile()
    if (!this.#file) return
    await this.#readAll(this.#file)
    // Another file of this name takes over when the one before has been read to its end.
    const next = await this.#openFile()
    if (!next) return
    const [now, before] = await Promise.all([next.stat(), this.#file.stat()])
    if (now.ino === before.ino) return await next.close()
    await this.#readAll(this.#file, { isLast: true })
    await this.#file.close()
    this.#file = next
    await this.#readAll(next)
  }

  /** `isLast` when nobody will end its last line any more. */
  async #readAll(file: FileHandle, { isLast = false } = {}): Promise<void> {
    const { ino, size } = await file.stat()
    const { inode, offset, turn } = this.#place ?? NOWHERE
    const isSame = ino === inode && size >= offset
    let place: Place = isSame ? { inode, offset, turn } : { inode: ino, offset: 0, turn: turn + 1 }
    this.#place = place
    const buffer = Buffer.alloc(CHUNK_BYTES)
    while (!this.#isStopped) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, place.offset)
      const end = buffer.subarray(0, bytesRead).lastIndexOf(LF) + 1
      // A line without an end waits for it, unless it is longer than anybody wants.
      const length = end === 0 && (isLast || bytesRead === CHUNK_BYTES) ? bytesRead : end
      if (length === 0) return
      await this.#tell(buffer.toString('utf8', 0, length), place)
      place = { ...place, offset: place.offset + length }
      this.#place = place
      await writeJson(this.#context.memory, place)
    }
  }

  async #tell(text: string, place: Place): Promise<void> {
    const wanted = text.split(/\r?\n/).filter((line) => line !== '' && this.#isWanted(line))
    const time = Date.now()
    for (let at = 0; at < wanted.length; at += MOST_LINES) {
      const lines = wanted.slice(at, at + MOST_LINES).map((line) => ({ time, text: line }))
      // The same lines that are told twice, because the platform was killed in between, have the same id.
      const id = digestOf(JSON.stringify([this.#context.identity, place, at]))
      await this.#context.take({ data: logData(this.#spec, lines), id })
    }
    this.#complaint = ''
  }

  async #openFile(): Promise<FileHandle | undefined> {
    try {
      return await open(this.#spec.source, 'r')
    } catch (failure) {
      this.#complain(failure as Error)
      return undefined
    }
  }

  #complain({ message }: Error): void {
    if (message !== this.#complaint) this.#context.tell(`cannot read ${this.#spec.source}: ${message}`)
    this.#complaint = message
  }
}

const NOWHERE: Place = { inode: 0, offset: 0, turn: 0 }
