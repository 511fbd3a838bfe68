import { closeSync, openSync, readSync } from 'node:fs'

/** Something to read pieces of, without holding the whole. */
export interface Bytes {
  /** At most `length` bytes; fewer, or none, behind the end. */
  read(offset: number, length: number): Buffer
}

export type ByteSource = { readonly bytes: Uint8Array } | { readonly path: string }

/** Opens a source for as long as `work` reads it. */
export function withBytes<T>(source: ByteSource, work: (bytes: Bytes) => T): T {
  if ('bytes' in source) {
    const whole = Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength)
    return work({ read: (offset, length) => whole.subarray(offset, offset + length) })
  }
  const file = openSync(source.path, 'r')
  try {
    return work({
      read(offset, length) {
        if (!Number.isSafeInteger(offset) || length <= 0) return Buffer.alloc(0)
        const buffer = Buffer.alloc(length)
        return buffer.subarray(0, readSync(file, buffer, 0, length, offset))
      },
    })
  } finally {
    closeSync(file)
  }
}
