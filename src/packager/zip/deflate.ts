import { constants, deflateRawSync, type ZlibOptions } from 'node:zlib'

export interface Deflated {
  readonly method: 'store' | 'deflate'
  readonly data: Uint8Array
}

/**
 * Another value means other bytes for the same content. The releases of Node.js 20, 22 and 24 bring versions of zlib
 * that make the same bytes; a Node.js that uses its system's zlib may not.
 */
export const DEFLATE_FORMAT = `6 ${process.versions.zlib} ${process.arch}`

// Of 22 000 files of packages, level 5 takes 0.85 of the time of level 6 and makes 1.0 % more bytes, nearly all of them in
// large files: see docs/performance.md. Level 4 makes 3 % more on top and gains nothing.
const LARGE_BYTES = 512 << 10
const LEVEL = 5
const LARGE_LEVEL = 6
// 4096 literals and matches in a block, after which the codes are made anew: that is smaller than a quarter as many blocks are.
const MEMORY = 6
const LARGE_MEMORY = 7

/** A whole file: as it is when deflate does not make it smaller. */
export function deflateWhole(bytes: Uint8Array): Deflated {
  const data = deflateRawSync(bytes, settingsFor(bytes.length))
  return data.length < bytes.length ? { method: 'deflate', data } : { method: 'store', data: bytes }
}

/** A piece of a file, after the bytes `before` it. Joined, the pieces are one deflate stream. */
export function deflatePiece(bytes: Uint8Array, before: Uint8Array, isLast: boolean): Deflated {
  const data = deflateRawSync(bytes, {
    level: LARGE_LEVEL,
    memLevel: LARGE_MEMORY,
    chunkSize: 1 << 20,
    finishFlush: isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    ...(before.length > 0 && { dictionary: before }),
  })
  return { method: 'deflate', data }
}

// A window and a block that the whole file fits in give the same bytes as larger ones, and memory of the file's size costs less
// than the usual one: a third less time for files of 2 KB.
function settingsFor(bytes: number): ZlibOptions {
  const isLarge = bytes >= LARGE_BYTES
  const bits = 32 - Math.clz32(bytes + 2)
  return {
    level: isLarge ? LARGE_LEVEL : LEVEL,
    windowBits: Math.min(15, Math.max(9, 32 - Math.clz32(bytes + 261))),
    memLevel: Math.min(isLarge ? LARGE_MEMORY : MEMORY, Math.max(1, bits - 6)),
    chunkSize: Math.max(64, Math.min(bytes + 64, 1 << 20)),
  }
}
