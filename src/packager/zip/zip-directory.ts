import { MAX_HEADER_BYTES, writeCentralHeader, type ZipRecord } from './zip-format.ts'

const BLOCK_BYTES = 1 << 18

/** The directory at the end of a zip, as bytes from the start: a number of objects that grows with the files would cost more. */
export class ZipDirectory {
  entries = 0
  bytes = 0
  readonly #full: Buffer[] = []
  #block = Buffer.alloc(0)
  #filled = 0

  /** `offset` is where the entry's local header starts. */
  add(record: ZipRecord, offset: number): void {
    const room = record.nameBytes + MAX_HEADER_BYTES
    if (this.#filled + room > this.#block.length) {
      this.#full.push(this.#block.subarray(0, this.#filled))
      this.#block = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, room))
      this.#filled = 0
    }
    const end = writeCentralHeader(record, offset, this.#block, this.#filled)
    this.bytes += end - this.#filled
    this.#filled = end
    this.entries++
  }

  blocks(): readonly Buffer[] {
    return [...this.#full, this.#block.subarray(0, this.#filled)]
  }
}
