import { crc32 } from 'node:zlib'
import { MAX_HEADER_BYTES, writeCentralHeader, type ZipRecord } from './zip-format.ts'

const BLOCK_BYTES = 1 << 18

/** What a directory held at some time. */
export interface DirectoryStart {
  readonly entries: number
  readonly bytes: number
  readonly blocks: readonly Buffer[]
}

/** The directory at the end of a zip, as bytes from the start: a number of objects that grows with the files would cost more. */
export class ZipDirectory {
  entries = 0
  bytes = 0
  readonly #full: Buffer[] = []
  #block: Buffer = Buffer.alloc(0)
  #filled = 0
  #checked = 0
  #check = 0

  constructor(start?: DirectoryStart) {
    if (!start) return
    this.entries = start.entries
    this.bytes = start.bytes
    this.#full.push(...start.blocks)
  }

  /** `offset` is where the entry's local header starts. */
  add(record: ZipRecord, offset: number): void {
    const room = record.nameBytes + MAX_HEADER_BYTES
    if (this.#filled + room > this.#block.length) this.#begin(Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, room)))
    const end = writeCentralHeader(record, offset, this.#block, this.#filled)
    this.bytes += end - this.#filled
    this.#filled = end
    this.entries++
  }

  /**
   * So many entries as another zip has them, none of them far: see `zip-format.ts`. Here their local headers stand `by` bytes further on. Takes the
   * memory over.
   */
  move(entries: number, records: Buffer, by: number): void {
    if (by !== 0) {
      for (let at = 0; at < records.length; ) {
        records.writeUInt32LE(records.readUInt32LE(at + 42) + by, at + 42)
        at += 46 + records.readUInt16LE(at + 28) + records.readUInt16LE(at + 30) + records.readUInt16LE(at + 32)
      }
    }
    this.#begin(records)
    this.#filled = records.length
    this.bytes += records.length
    this.entries += entries
  }

  /** The CRC-32 of what came since this was asked before. */
  takeCheck(): number {
    const check = this.#checkOn()
    this.#check = 0
    this.#checked = this.#filled
    return check
  }

  /** What it holds now. It stays as it is, whatever comes later. */
  start(): DirectoryStart {
    return { entries: this.entries, bytes: this.bytes, blocks: this.blocks() }
  }

  blocks(): readonly Buffer[] {
    return [...this.#full, this.#block.subarray(0, this.#filled)]
  }

  #begin(block: Buffer): void {
    this.#check = this.#checkOn()
    this.#checked = 0
    this.#full.push(this.#block.subarray(0, this.#filled))
    this.#block = block
    this.#filled = 0
  }

  #checkOn(): number {
    return crc32(this.#block.subarray(this.#checked, this.#filled), this.#check)
  }
}
