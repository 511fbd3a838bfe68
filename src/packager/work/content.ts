import { hash } from 'node:crypto'
import type { FileState } from '../files/file-source.ts'
import { type Piece, piecesOf } from '../zip/piece.ts'

/** What an entry of an artifact holds. */
export interface Content {
  /** Of the entry, for messages. */
  readonly name: string
  readonly source: ContentSource
  /** Look for access keys in it. */
  readonly scan: boolean
}

export type ContentSource = FileState | BytesSource

export interface BytesSource {
  readonly bytes: Uint8Array
  readonly size: number
  /** SHA-256 in hex. */
  readonly digest: string
}

export function bytesSource(bytes: Uint8Array): BytesSource {
  return { bytes, size: bytes.length, digest: hash('sha256', bytes) }
}

export function isFile(source: object): source is FileState {
  return 'path' in source
}

export function piecesOfContent({ source }: Content): Piece[] {
  return piecesOf(source.size)
}

/** What the cache calls a piece: by the file's path, or by what the bytes are. */
export function nameOf({ source }: Content, index: number): string {
  const base = isFile(source) ? source.path : `\0${source.digest}`
  return index === 0 ? base : `${base}\0${index}`
}
