import { createHash, type Hash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, type FileHandle, mkdir, open, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { error, SlsError } from '@anyfaas/kit'

const BLOCK_BYTES = 1 << 20

/** What a file holds up to some point; another one may begin with it. */
export interface FileStart {
  readonly path: string
  readonly bytes: number
  /** Of these bytes; only copies of it are used. */
  readonly hash: Hash
}

/** A file that appears whole or not at all: written under another name, synced, renamed. Its digest is taken on the way. */
export class FileSink {
  /** Bytes written so far. */
  bytes = 0
  readonly #path: string
  readonly #draft: string
  readonly #file: FileHandle
  readonly #hash: Hash
  readonly #block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  #filled = 0
  #checked = 0
  #check: number | undefined
  #synced: Promise<void> = Promise.resolve()

  private constructor(path: string, draft: string, file: FileHandle, start: FileStart | undefined) {
    this.#path = path
    this.#draft = draft
    this.#file = file
    this.bytes = start?.bytes ?? 0
    this.#hash = start?.hash.copy() ?? createHash('sha256')
  }

  /** Makes the folder when it is missing. SLS4005 when the file cannot be written. */
  static async open(path: string, start?: FileStart): Promise<FileSink> {
    const draft = draftOf(path)
    return told(path, async () => {
      await mkdir(dirname(path), { recursive: true })
      return new FileSink(path, draft, await (start ? openFrom(start, draft) : open(draft, 'wx')), start)
    })
  }

  /** Whether `fill` may put so many bytes; otherwise `flush` comes first. */
  fits(bytes: number): boolean {
    return this.#filled + bytes <= BLOCK_BYTES
  }

  /** Lets the caller put bytes into a buffer from `at` on; it gives where they end. */
  fill(put: (out: Buffer, at: number) => number): void {
    const end = put(this.#block, this.#filled)
    this.bytes += end - this.#filled
    this.#filled = end
  }

  async write(data: Uint8Array): Promise<void> {
    for (let at = this.put(data); at < data.length; at += this.put(data.subarray(at))) await this.flush()
  }

  /** Takes what there is room for before `flush`, and gives how much. */
  put(data: Uint8Array): number {
    const length = Math.min(data.length, BLOCK_BYTES - this.#filled)
    this.#block.set(length === data.length ? data : data.subarray(0, length), this.#filled)
    this.#filled += length
    this.bytes += length
    return length
  }

  /** The CRC-32 of what came since this was asked before; of nothing at the first time. */
  takeCheck(): number {
    const check = this.#checkOn() ?? 0
    this.#check = 0
    this.#checked = this.#filled
    return check
  }

  /** What it holds now. The file is there until `place` or `discard`, and holds this once the next `flush` or `end` is over. */
  start(): FileStart {
    const hash = this.#hash.copy()
    hash.update(this.#block.subarray(0, this.#filled))
    return { path: this.#draft, bytes: this.bytes, hash }
  }

  /** Nothing can be written afterwards. The disk may have it later: `place` waits for that. */
  async end(): Promise<{ digest: `sha256:${string}`; bytes: number }> {
    await this.flush()
    this.#synced = told(this.#path, async () => {
      await this.#file.sync()
      await this.#file.close()
    })
    // `place` and `discard` hear of what goes wrong; until then nobody has to.
    this.#synced.catch(() => undefined)
    return { digest: `sha256:${this.#hash.digest('hex')}`, bytes: this.bytes }
  }

  /** Puts the file in its place, after `end`. */
  async place(): Promise<void> {
    await this.#synced
    await told(this.#path, () => rename(this.#draft, this.#path))
  }

  /** `end` and `place`. */
  async commit(): Promise<{ digest: `sha256:${string}`; bytes: number }> {
    const done = await this.end()
    await this.place()
    return done
  }

  /** Leaves nothing behind, whatever has been done or failed before. */
  async discard(): Promise<void> {
    await Promise.allSettled([this.#synced])
    await this.#file.close()
    await rm(this.#draft, { force: true })
  }

  async flush(): Promise<void> {
    const block = this.#block.subarray(0, this.#filled)
    this.#check = this.#checkOn()
    this.#checked = 0
    this.#filled = 0
    const written = told(this.#path, () => this.#file.writeFile(block))
    this.#hash.update(block)
    await written
  }

  #checkOn(): number | undefined {
    if (this.#check === undefined) return undefined
    return crc32(this.#block.subarray(this.#checked, this.#filled), this.#check)
  }
}

/** A small file that appears whole or not at all. SLS4005 when it cannot be written. */
export async function writeWhole(path: string, content: Uint8Array | string | Iterable<Uint8Array>): Promise<void> {
  const draft = draftOf(path)
  await told(path, async () => {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(draft, content)
    await rename(draft, path)
  })
}

// Nothing passes through this process. What is appended later stands behind it.
async function openFrom({ path, bytes }: FileStart, draft: string): Promise<FileHandle> {
  await copyFile(path, draft, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  try {
    await truncate(draft, bytes)
    return await open(draft, 'a')
  } catch (failure) {
    await rm(draft, { force: true })
    throw failure
  }
}

// A dot first, so that no glob for artifacts finds a draft that a killed run has left; see `never.ts`.
function draftOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`)
}

async function told<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new SlsError(error('SLS4005', `"${path}" cannot be written: ${reason}`), { cause })
  }
}
