import { closeSync, openSync, writevSync } from 'node:fs'

const FLUSH_BYTES = 1 << 20

/** A file that compressed pieces are appended to. Throws the system's errors. */
export class PackWriter {
  readonly path: string
  /** Bytes appended so far. */
  bytes = 0
  #fd: number | undefined
  #isUsed = false
  #waiting: Uint8Array[] = []
  #waitingBytes = 0

  constructor(path: string) {
    this.path = path
  }

  /** Gives the offset. The bytes must not change until `flush`. */
  append(data: Uint8Array): number {
    const offset = this.bytes
    this.#isUsed = true
    if (data.length === 0) return offset
    this.bytes += data.length
    this.#waiting.push(data)
    this.#waitingBytes += data.length
    if (this.#waitingBytes >= FLUSH_BYTES) this.flush()
    return offset
  }

  flush(): void {
    // A pack that nothing is put into is no file.
    this.#fd ??= this.#isUsed ? openSync(this.path, 'wx') : undefined
    let rest = this.#waiting
    while (this.#fd !== undefined && rest.length > 0) rest = after(rest, writevSync(this.#fd, rest))
    this.#waiting = []
    this.#waitingBytes = 0
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }
}

// A disk that is nearly full, or a limit on the number of parts, makes a write short.
function after(parts: Uint8Array[], written: number): Uint8Array[] {
  let left = written
  let index = 0
  for (const part of parts) {
    if (left < part.length) break
    left -= part.length
    index++
  }
  const rest = parts.slice(index)
  const [first] = rest
  if (first && left > 0) rest[0] = first.subarray(left)
  return rest
}
