import { createHash, type Hash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { error, SlsError } from '@anyfaas/kit'

const BLOCK_BYTES = 1 << 20

/** A file that appears whole or not at all: written under another name, synced, renamed. Its digest is taken on the way. */
export class FileSink {
  /** Bytes written so far. */
  bytes = 0
  readonly #path: string
  readonly #draft: string
  readonly #file: FileHandle
  readonly #hash: Hash = createHash('sha256')
  readonly #block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  #filled = 0

  private constructor(path: string, draft: string, file: FileHandle) {
    this.#path = path
    this.#draft = draft
    this.#file = file
  }

  /** Makes the folder when it is missing. SLS4005 when the file cannot be written. */
  static async open(path: string): Promise<FileSink> {
    const draft = draftOf(path)
    return told(path, async () => {
      await mkdir(dirname(path), { recursive: true })
      return new FileSink(path, draft, await open(draft, 'wx'))
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

  /** Nothing can be written afterwards. */
  async end(): Promise<{ digest: `sha256:${string}`; bytes: number }> {
    await this.flush()
    await told(this.#path, async () => {
      await this.#file.sync()
      await this.#file.close()
    })
    return { digest: `sha256:${this.#hash.digest('hex')}`, bytes: this.bytes }
  }

  /** Puts the file in its place, after `end`. */
  async place(): Promise<void> {
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
    await this.#file.close()
    await rm(this.#draft, { force: true })
  }

  async flush(): Promise<void> {
    const block = this.#block.subarray(0, this.#filled)
    this.#filled = 0
    const written = told(this.#path, () => this.#file.writeFile(block))
    this.#hash.update(block)
    await written
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
