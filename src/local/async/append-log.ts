import { constants, createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { LineBatch } from './line-batch.ts'

/** A log that is smaller has no room ahead, and none has more of it than so much. */
const BUSY_BYTES = 64 << 10
const MOST_AHEAD_BYTES = 16 << 20
const ZEROS = Buffer.alloc(1 << 20)
const NO_ROOM: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT'])
/** Where a write can wait for the disk itself: to ask for that afterwards is one more way through a thread and back, for every group. */
const WRITE_THROUGH = process.platform === 'linux' ? constants.O_DSYNC : 0

/**
 * Lines in a file. An append resolves when its line is on the disk; those of one moment share the wait for it. A busy log's file has zeros ahead
 * of the lines: to write over them a disk has neither a length nor new places to note, which takes it longer than the lines do.
 */
export class AppendLog {
  readonly #path: string
  #file: FileHandle | undefined
  /** The same file, for lines over zeros: what is written to it is on the disk. Opened at the first of them. */
  #through: FileHandle | undefined
  #batch: LineBatch | undefined
  /** Of a batch that is written. */
  #page: Buffer | undefined
  #flushing: Promise<void> | undefined
  readonly #replacements: (() => Promise<void>)[] = []
  #bytes = 0
  /** Where the zeros end. */
  #ahead = 0
  /** Whether there can be something behind `#bytes` that nobody was told of. */
  #isTorn = false
  /** The disk had no room to write ahead; it is asked again when the log has grown to this, or is another. */
  #narrowUntil = 0

  constructor(path: string) {
    this.#path = path
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Tells every whole line of the file and opens it. A last line that a crash cut off is cut away. */
  async open(tell: (line: string) => void): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
    this.#file = await open(this.#path, constants.O_RDWR | constants.O_CREAT, 0o600)
    const { size } = await this.#file.stat()
    const whole = await wholeBytes(this.#file, size)
    if (whole < size) await this.#file.truncate(whole)
    this.#bytes = this.#ahead = whole
    if (whole === 0) await syncFolder(this.#path)
    else await tellLines(this.#path, tell)
  }

  /** A line, which may come in parts. */
  append(...parts: readonly string[]): Promise<void> {
    this.#batch ??= this.#begin()
    this.#batch.add(...parts)
    const { done } = this.#batch
    this.#flushing ??= this.#flush()
    return done
  }

  /** Puts other lines in the place of all that are written then, at once or not at all; later ones follow them. */
  replace(lines: () => readonly string[] | Promise<readonly string[]>): Promise<void> {
    const replacing = new Promise<void>((resolve, reject) => {
      this.#replacements.push(async () => {
        try {
          await this.#replace(await lines())
          resolve()
        } catch (failure) {
          reject(failure)
        }
      })
    })
    this.#flushing ??= this.#flush()
    return replacing
  }

  async written(): Promise<void> {
    await this.#flushing
  }

  async close(): Promise<void> {
    await this.written()
    if (this.#ahead > this.#bytes) await this.#file?.truncate(this.#bytes)
    await this.#closeFile()
    await rm(`${this.#path}.new`, { force: true })
  }

  #begin(): LineBatch {
    const batch = new LineBatch(this.#page)
    this.#page = undefined
    return batch
  }

  async #replace(lines: readonly string[]): Promise<void> {
    const draft = `${this.#path}.new`
    const text = lines.map((line) => `${line}\n`).join('')
    await writeFile(draft, text, { mode: 0o600, flush: true })
    await rename(draft, this.#path)
    // What follows in the new file is kept only if the folder names it.
    await syncFolder(this.#path)
    await this.#closeFile()
    this.#file = await open(this.#path, 'r+')
    this.#bytes = this.#ahead = Buffer.byteLength(text)
    this.#isTorn = false
    this.#narrowUntil = 0
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
      if (!batch) continue
      await this.#write(batch.bytes).then(() => batch.settle(), batch.settle)
      this.#page = batch.page
    } while (this.#batch || this.#replacements.length > 0)
    this.#flushing = undefined
  }

  async #write(bytes: Buffer): Promise<void> {
    const file = this.#file
    if (!file) throw new Error(`${this.#path} is closed`)
    // The half of a line that a full disk took would be the end of the next one.
    if (this.#isTorn) await file.truncate(this.#bytes)
    if (this.#isTorn) this.#ahead = this.#bytes
    this.#isTorn = true
    const end = this.#bytes + bytes.length
    // What goes ahead waits for the disk once, together with the lines.
    const isThrough = end <= this.#ahead && WRITE_THROUGH !== 0
    if (end > this.#ahead) await this.#goAhead(file, end)
    if (isThrough) this.#through ??= await open(this.#path, constants.O_WRONLY | WRITE_THROUGH)
    const target = isThrough && this.#through ? this.#through : file
    for (let at = 0; at < bytes.length; ) {
      at += (await target.write(bytes, at, bytes.length - at, this.#bytes + at)).bytesWritten
    }
    if (!isThrough) await file.datasync()
    this.#bytes = end
    this.#isTorn = false
  }

  async #closeFile(): Promise<void> {
    await Promise.all([this.#file?.close(), this.#through?.close()])
    this.#file = this.#through = undefined
  }

  async #goAhead(file: FileHandle, from: number): Promise<void> {
    this.#ahead = from
    if (from < Math.max(BUSY_BYTES, this.#narrowUntil)) return
    const to = from + Math.min(from, MOST_AHEAD_BYTES)
    try {
      while (this.#ahead < to) this.#ahead += (await file.write(ZEROS, 0, ZEROS.length, this.#ahead)).bytesWritten
    } catch (failure) {
      if (!NO_ROOM.has((failure as NodeJS.ErrnoException).code)) throw failure
      // Room ahead is for speed: what there is left of the disk, or of the user's share of it, is for lines.
      this.#narrowUntil = from + MOST_AHEAD_BYTES
      this.#ahead = from
      await file.truncate(this.#bytes)
    }
  }
}

// Not with `readline`, which since Node.js 24 ends lines at characters that JSON leaves as they are.
async function tellLines(path: string, tell: (line: string) => void): Promise<void> {
  // What was on its way when the machine lost its power can have holes.
  const tellWhole = (line: string): void => (line.includes('\0') ? undefined : tell(line))
  let begun: string[] = []
  for await (const text of createReadStream(path, 'utf8') as AsyncIterable<string>) {
    const lines = text.split('\n')
    begun.push(lines.shift() ?? '')
    const last = lines.pop()
    if (last === undefined) continue
    tellWhole(begun.join(''))
    for (const line of lines) tellWhole(line)
    begun = [last]
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r')
  await folder.sync().finally(() => folder.close())
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
