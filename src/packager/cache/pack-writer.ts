import { closeSync, openSync, writeSync } from 'node:fs'

const BLOCK_BYTES = 1 << 20
const NOTHING = new Uint8Array(0)

/**
 * A file that compressed pieces are appended to. They are copied into one block: kept until they are written, thousands
 * of small buffers would outlive the young generation and pile up. Throws the system's errors.
 */
export class PackWriter {
  readonly path: string
  /** Bytes appended so far. */
  bytes = 0
  #fd: number | undefined
  #isUsed = false
  #block: Buffer | undefined
  #filled = 0

  constructor(path: string) {
    this.path = path
  }

  /** Gives the offset. */
  append(data: Uint8Array): number {
    const offset = this.bytes
    this.#isUsed = true
    if (data.length === 0) return offset
    this.bytes += data.length
    if (this.#filled + data.length > BLOCK_BYTES) this.flush()
    if (data.length > BLOCK_BYTES) this.#write(data)
    else {
      this.#block ??= Buffer.allocUnsafeSlow(BLOCK_BYTES)
      this.#block.set(data, this.#filled)
      this.#filled += data.length
    }
    return offset
  }

  /** A pack that nothing is put into is no file; one of empty pieces is an empty one. */
  flush(): void {
    if (this.#isUsed) this.#write(this.#block?.subarray(0, this.#filled) ?? NOTHING)
    this.#filled = 0
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
    this.#block = undefined
  }

  // A disk that is nearly full makes a write short, and the next one fail.
  #write(data: Uint8Array): void {
    this.#fd ??= openSync(this.path, 'wx')
    for (let at = 0; at < data.length; ) at += writeSync(this.#fd, data, at)
  }
}
