import { randomUUID } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { basename, join } from 'node:path'

const AHEAD_BYTES = 1 << 20

/** One that is to be written into the folder. */
export function newPack(folder: string): PackReader {
  return new PackReader(join(folder, `${randomUUID()}.pack`), { isFresh: true })
}

/** A pack to read from, mostly forwards: what follows is read along. Throws the system's errors. */
export class PackReader {
  readonly path: string
  /** Made by this process, so its bytes need no check. */
  readonly isFresh: boolean
  #fd: number | undefined
  #window: Buffer = Buffer.alloc(0)
  #windowAt = 0
  readonly #room = Buffer.allocUnsafeSlow(AHEAD_BYTES)

  constructor(path: string, { isFresh }: { readonly isFresh: boolean }) {
    this.path = path
    this.isFresh = isFresh
  }

  get name(): string {
    return basename(this.path)
  }

  /** Keeps the pack readable, even if another process removes its file. Gives its size. */
  open(): number {
    this.#fd ??= openSync(this.path, 'r')
    return fstatSync(this.#fd).size
  }

  /** A view that the next call overwrites. It is shorter than asked for when the pack is. */
  read(offset: number, length: number): Buffer {
    const at = offset - this.#windowAt
    if (at >= 0 && at + length <= this.#window.length) return this.#window.subarray(at, at + length)
    const isNear = offset >= this.#windowAt && offset <= this.#windowAt + this.#window.length + AHEAD_BYTES
    if (!isNear || length > AHEAD_BYTES) return this.#fill(Buffer.allocUnsafe(length), offset)
    this.#window = this.#fill(this.#room, offset)
    this.#windowAt = offset
    return this.#window.subarray(0, length)
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
    this.#window = Buffer.alloc(0)
  }

  #fill(target: Buffer, offset: number): Buffer {
    this.#fd ??= openSync(this.path, 'r')
    let found = 0
    for (let read = -1; read !== 0 && found < target.length; found += read) {
      read = readSync(this.#fd, target, found, target.length - found, offset + found)
    }
    return target.subarray(0, found)
  }
}
