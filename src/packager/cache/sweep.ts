import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { newPack } from './pack-reader.ts'
import { PackWriter } from './pack-writer.ts'
import type { PieceTable } from './piece-table.ts'
import { INDEX, type ReadRows } from './rows.ts'

/**
 * Leaves what is worth keeping: what one of the last runs used. When the packs hold much else, or are many, it is copied
 * into a new one. Files that nobody needs are removed.
 */
export function sweep(folder: string, { table, packs, run }: ReadRows): void {
  const before = [...packs, ...table.packs()]
  for (const [name, place] of table.rows()) if (table.runOf(place) <= run - RUNS) table.delete(name)
  if (isLoose(table)) gather(folder, table)
  const needed = new Set(table.packs().map(({ path }) => path))
  for (const { path } of before) if (!needed.has(path)) rmSync(path, { force: true })
  removeOld(folder, needed)
}

const RUNS = 8
const MAX_PACKS = 16
const LOOSE_BYTES = 64 << 20

function isLoose(table: PieceTable): boolean {
  const packs = table.packs()
  if (packs.length > MAX_PACKS) return true
  const bytes = packs.reduce((sum, pack) => sum + pack.open(), 0)
  if (bytes <= LOOSE_BYTES) return false
  const live = new Map<string, number>()
  for (const [, place] of table.rows()) live.set(table.keyOf(place), table.pieceOf(place).packedBytes)
  return bytes > 2 * [...live.values()].reduce((sum, each) => sum + each, 0) + LOOSE_BYTES
}

function gather(folder: string, table: PieceTable): void {
  const pack = newPack(folder)
  const writer = new PackWriter(pack.path)
  const offsets = new Map<string, number>()
  const rows = [...table.rows()].map(([, place]) => ({ place, piece: table.pieceOf(place) }))
  rows.sort(({ piece: a }, { piece: b }) =>
    a.pack === b.pack ? a.offset - b.offset : a.pack.path < b.pack.path ? -1 : 1,
  )
  for (const { place, piece } of rows) {
    const key = table.keyOf(place)
    const offset = offsets.get(key) ?? writer.append(piece.pack.read(piece.offset, piece.packedBytes))
    offsets.set(key, offset)
    table.put(place, { ...piece, pack, offset })
  }
  writer.flush()
  writer.close()
}

const HOUR_MS = 3_600_000

// Left by runs that were killed, or whose index another run has overwritten; `index` by earlier versions. A run that is under way
// is younger.
function removeOld(folder: string, packs: ReadonlySet<string>): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (packs.has(path) || name === INDEX || !/^index$|\.(?:pack|tmp)$/.test(name)) continue
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats && Date.now() - stats.mtimeMs > HOUR_MS) rmSync(path, { force: true })
  }
}
