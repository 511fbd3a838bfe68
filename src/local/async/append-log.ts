import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'

interface Batch {
  readonly lines: string[]
  readonly done: Promise<void>
  readonly settle: (failure?: Error) => void
}

/** Lines in a file. An append resolves when its line is on the disk; those of one moment share the wait for it. */
export class AppendLog {
  readonly #path: string
  #file: FileHandle | undefined
  #batch: Batch | undefined
  #flushing: Promise<void> | undefined
  readonly #replacements: (() => Promise<void>)[] = []
  #bytes = 0

  constructor(path: string) {
    this.#path = path
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Tells every whole line of the file and opens it. A last line that a crash cut off is cut away. */
  async open(tell: (line: string) => void): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
    this.#file = await open(this.#path, 'a+', 0o600)
    const { size } = await this.#file.stat()
    const whole = await wholeBytes(this.#file, size)
    if (whole < size) await this.#file.truncate(whole)
    this.#bytes = whole
    if (whole === 0) return
    for await (const line of createInterface({ input: createReadStream(this.#path), crlfDelay: 0 })) tell(line)
  }

  append(line: string): Promise<void> {
    this.#batch ??= newBatch()
    this.#batch.lines.push(line)
    const { done } = this.#batch
    this.#flushing ??= this.#flush()
    return done
  }

  /** Puts other lines in the place of all that are written then, at once or not at all; later ones follow them. */
  replace(lines: () => readonly string[]): Promise<void> {
    const replacing = new Promise<void>((resolve, reject) => {
      this.#replacements.push(() => this.#replace(lines()).then(resolve, reject))
    })
    this.#flushing ??= this.#flush()
    return replacing
  }

  async written(): Promise<void> {
    await this.#flushing
  }

  async close(): Promise<void> {
    await this.written()
    await this.#file?.close()
    this.#file = undefined
    await rm(`${this.#path}.new`, { force: true })
  }

  async #replace(lines: readonly string[]): Promise<void> {
    const draft = `${this.#path}.new`
    const file = await open(draft, 'w', 0o600)
    await file.writeFile(lines.map((line) => `${line}\n`).join(''))
    const { size } = await file.stat()
    await file.datasync()
    await file.close()
    await rename(draft, this.#path)
    await this.#file?.close()
    this.#file = await open(this.#path, 'a', 0o600)
    this.#bytes = size
  }

  // Nothing else writes: what is appended while the file is replaced has to follow in the new one.
  async #flush(): Promise<void> {
    do {
      // What is appended in this turn of the loop goes along, and so does what those append whose lines have just been written:
      // else two groups would take turns for ever, each waiting for the other's write.
      await new Promise((resolve) => setImmediate(resolve))
      await this.#replacements.shift()?.()
      const batch = this.#batch
      this.#batch = undefined
      if (batch) await this.#write(`${batch.lines.join('\n')}\n`).then(() => batch.settle(), batch.settle)
    } while (this.#batch || this.#replacements.length > 0)
    this.#flushing = undefined
  }

  async #write(text: string): Promise<void> {
    if (!this.#file) throw new Error(`${this.#path} is closed`)
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; ) at += (await this.#file.write(bytes, at)).bytesWritten
    await this.#file.datasync()
    this.#bytes += bytes.length
  }
}

function newBatch(): Batch {
  let settle: Batch['settle'] = () => undefined
  const done = new Promise<void>((resolve, reject) => {
    settle = (failure) => (failure ? reject(failure) : resolve())
  })
  return { lines: [], done, settle }
}

// Up to and with the last line feed.
async function wholeBytes(file: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(1 << 16)
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - chunk.length)
    const { bytesRead } = await file.read(chunk, 0, end - start, start)
    const index = chunk.lastIndexOf(10, bytesRead - 1)
    if (index >= 0) return start + index + 1
    end = start
  }
  return 0
}
