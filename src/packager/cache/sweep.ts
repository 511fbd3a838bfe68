import { randomUUID } from 'node:crypto'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PackReader } from './pack-reader.ts'
import { PackWriter } from './pack-writer.ts'
import { INDEX, packsOf, type ReadRows, type Row, type StoredPiece } from './rows.ts'

/**
 * What is worth keeping: what one of the last runs used. When the packs hold much else, or are many, it is copied into
 * a new one. Files that nobody needs are removed.
 */
export function sweep(folder: string, { rows, packs, run }: ReadRows): Map<string, Row> {
  const before = [...packs, ...packsOf(rows)]
  for (const [name, row] of rows) if (row.run <= run - RUNS) rows.delete(name)
  const kept = isLoose(rows) ? gather(folder, rows) : rows
  const needed = new Set(packsOf(kept).map(({ path }) => path))
  for (const { path } of before) if (!needed.has(path)) rmSync(path, { force: true })
  removeOld(folder, needed)
  return kept
}

const RUNS = 8
const MAX_PACKS = 16
const LOOSE_BYTES = 64 << 20

function isLoose(rows: ReadonlyMap<string, Row>): boolean {
  const packs = packsOf(rows)
  if (packs.length > MAX_PACKS) return true
  const bytes = packs.reduce((sum, pack) => sum + pack.open(), 0)
  if (bytes <= LOOSE_BYTES) return false
  const live = new Map<string, number>()
  for (const { piece } of rows.values()) live.set(piece.key, piece.packedBytes)
  return bytes > 2 * [...live.values()].reduce((sum, each) => sum + each, 0) + LOOSE_BYTES
}

function gather(folder: string, rows: ReadonlyMap<string, Row>): Map<string, Row> {
  const path = join(folder, `${randomUUID()}.pack`)
  const writer = new PackWriter(path)
  const pack = new PackReader(path, { isFresh: true })
  const moved = new Map<string, StoredPiece>()
  const byPlace = (a: StoredPiece, b: StoredPiece) =>
    a.pack === b.pack ? a.offset - b.offset : a.pack.path < b.pack.path ? -1 : 1
  for (const piece of [...rows.values()].map((row) => row.piece).sort(byPlace)) {
    if (moved.has(piece.key)) continue
    const bytes = piece.pack.read(piece.offset, piece.packedBytes)
    moved.set(piece.key, { ...piece, pack, offset: writer.append(bytes) })
  }
  writer.flush()
  writer.close()
  return new Map([...rows].map(([name, row]) => [name, { ...row, piece: placed(row.piece, moved) }]))
}

function placed(piece: StoredPiece, moved: ReadonlyMap<string, StoredPiece>): StoredPiece {
  const { pack, offset } = moved.get(piece.key) ?? piece
  return { ...piece, pack, offset }
}

const HOUR_MS = 3_600_000

// Left by runs that were killed, or whose index another run has overwritten. A run that is under way is younger.
function removeOld(folder: string, packs: ReadonlySet<string>): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (packs.has(path) || name === INDEX || !/\.(?:pack|tmp)$/.test(name)) continue
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats && Date.now() - stats.mtimeMs > HOUR_MS) rmSync(path, { force: true })
  }
}
