import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { CONTENT_HASH, KEY_BYTES } from '../cache/index-file.ts'
import type { PackWriter } from '../cache/pack-writer.ts'
import { type FileState, readPart } from '../files/file-source.ts'
import { holdsAccessKey } from '../files/secrets.ts'
import { type Deflated, deflatePiece, deflateWhole } from '../zip/deflate.ts'
import { MAX_PIECE_BYTES, type Piece, WINDOW_BYTES } from '../zip/piece.ts'

/** A piece to compress. */
export interface PieceTask extends Piece {
  readonly source: FileState | { readonly bytes: Uint8Array; readonly size: number }
  /** Look for access keys in it. */
  readonly scan: boolean
}

/** Where a compressed piece lies, and what it is. */
export interface PackedPiece {
  /** `KEY_BYTES` of the content's digest, as latin1. The same content is compressed once. */
  readonly key: string
  readonly bytes: number
  readonly crc: number
  readonly method: 'store' | 'deflate'
  readonly offset: number
  readonly packedBytes: number
  readonly packedCrc: number
  readonly scanned: Scanned
}

export type Scanned = 'no' | 'clean' | 'key'

export type PieceResult =
  | { readonly kind: 'packed'; readonly piece: PackedPiece }
  | { readonly kind: 'known'; readonly key: string; readonly scanned: Scanned }
  | { readonly kind: 'changed' }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** Compresses pieces into a pack, except those whose content is known by its key. One buffer serves all of them. */
export function createPieceWork(pack: PackWriter, isKnown: (key: string) => boolean): (task: PieceTask) => PieceResult {
  let pool = Buffer.alloc(0)
  const bufferOf = (length: number): Buffer => {
    if (pool.length < length) pool = Buffer.allocUnsafeSlow(Math.min(length * 2, MAX_PIECE_BYTES + WINDOW_BYTES))
    return pool.subarray(0, length)
  }
  return (task) => {
    const before = Math.min(task.start, WINDOW_BYTES)
    let whole: Uint8Array | undefined
    try {
      whole = read(task, before, bufferOf)
    } catch (cause) {
      return { kind: 'unreadable', reason: cause instanceof Error ? cause.message : String(cause) }
    }
    if (!whole) return { kind: 'changed' }
    const bytes = whole.subarray(before)
    const key = keyOf(task, whole, before)
    const scanned = task.scan ? (holdsAccessKey(bytes) ? 'key' : 'clean') : 'no'
    if (isKnown(key)) return { kind: 'known', key, scanned }
    const { method, data } = deflate(task, bytes, whole.subarray(0, before))
    const offset = pack.append(data)
    const packed = { offset, packedBytes: data.length, packedCrc: crc32(data) }
    return { kind: 'packed', piece: { key, bytes: bytes.length, crc: crc32(bytes), method, scanned, ...packed } }
  }
}

function read(
  { source, start, length }: PieceTask,
  before: number,
  bufferOf: (length: number) => Buffer,
): Uint8Array | undefined {
  if ('bytes' in source) return source.bytes.subarray(start - before, start + length)
  return readPart(source, start - before, bufferOf(before + length))
}

function isWhole({ start, isLast }: Piece): boolean {
  return start === 0 && isLast
}

// The bytes of a piece depend on its place in the file too.
function keyOf(task: PieceTask, whole: Uint8Array, before: number): string {
  const digest = hash(CONTENT_HASH, whole, 'buffer').toString('latin1', 0, KEY_BYTES)
  if (isWhole(task)) return digest
  const place = `${digest}${before} ${task.isLast}`
  return hash(CONTENT_HASH, Buffer.from(place, 'latin1'), 'buffer').toString('latin1', 0, KEY_BYTES)
}

function deflate(task: PieceTask, bytes: Uint8Array, before: Uint8Array): Deflated {
  return isWhole(task) ? deflateWhole(bytes) : deflatePiece(bytes, before, task.isLast)
}
