import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isSystemError } from '../files/system-error.ts'
import { readIndex, writeIndex } from './index-file.ts'
import { PackReader } from './pack-reader.ts'
import { PieceTable } from './piece-table.ts'

export interface Rows {
  readonly format: string
  readonly run: number
  readonly table: PieceTable
}

export interface ReadRows extends Rows {
  /** All that are open, also those that nothing is needed of. */
  readonly packs: readonly PackReader[]
}

/** Whether a run has written anything here. */
export function hasRows(folder: string): boolean {
  return existsSync(join(folder, INDEX))
}

/** What the last run wrote, as far as its packs are still there. */
export function readRows(folder: string, format: string): ReadRows {
  const index = readIndex(join(folder, INDEX), format) ?? EMPTY
  const packs = index.packs.map(({ name, bytes }) => openPack(join(folder, name), bytes))
  const table = new PieceTable(index, packs)
  return { format, run: index.run, table, packs: packs.filter((pack) => pack !== undefined) }
}

/** SLS4005 when it cannot be written. */
export async function writeRows(folder: string, { format, run, table }: Rows): Promise<void> {
  const packs = table.packs()
  const listed = packs.map((pack) => ({ name: pack.name, bytes: pack.open() }))
  await writeIndex(join(folder, INDEX), { format, run, packs: listed, ...table.columns(packs) })
}

export const INDEX = 'pieces'

const EMPTY = { run: 0, packs: [], names: [], numbers: new Float64Array(0), keys: new Uint8Array(0) }

// One that has vanished or was cut short is forgotten, with all that is in it.
function openPack(path: string, bytes: number): PackReader | undefined {
  const pack = new PackReader(path, { isFresh: false })
  try {
    if (pack.open() >= bytes) return pack
    pack.close()
    return undefined
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    return undefined
  }
}
