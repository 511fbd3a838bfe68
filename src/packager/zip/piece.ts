/** A stretch of a file that is compressed by itself. */
export interface Piece {
  readonly start: number
  readonly length: number
  readonly isLast: boolean
}

/** What deflate looks back at: the bytes before a piece, so that it is as small as in one go. */
export const WINDOW_BYTES = 32 << 10

/** The longest piece. */
export const MAX_PIECE_BYTES = 8 << 20

const PIECE_BYTES = 4 << 20

/**
 * A file as pieces: one, or several of the same length when it is large, so that memory stays flat and several threads
 * have work. It depends on the size alone, because the bytes of the zip depend on it.
 */
export function piecesOf(size: number): Piece[] {
  if (size <= MAX_PIECE_BYTES) return [{ start: 0, length: size, isLast: true }]
  return Array.from({ length: pieceCount(size) }, (_, index) => {
    const start = index * PIECE_BYTES
    const length = Math.min(PIECE_BYTES, size - start)
    return { start, length, isLast: start + length === size }
  })
}

/** How many pieces a file of this size has. */
export function pieceCount(size: number): number {
  return size <= MAX_PIECE_BYTES ? 1 : Math.ceil(size / PIECE_BYTES)
}
