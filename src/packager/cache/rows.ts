import { join } from 'node:path'
import type { FileState } from '../files/file-source.ts'
import { isSystemError } from '../files/system-error.ts'
import type { PackedPiece, Scanned } from '../work/piece-work.ts'
import { COLUMNS, KEY_BYTES, readIndex, writeIndex } from './index-file.ts'
import { PackReader } from './pack-reader.ts'

/** A compressed piece in a pack of the cache. */
export interface StoredPiece extends PackedPiece {
  readonly pack: PackReader
}

export interface Row {
  /** Of the file that had this content; absent for what is no file. */
  readonly state: FileState | undefined
  /** Nobody could tell a later change from the state. */
  readonly isRacy: boolean
  readonly piece: StoredPiece
  /** The run that used it last. */
  run: number
}

export interface Rows {
  readonly format: string
  readonly run: number
  readonly rows: Map<string, Row>
}

export interface ReadRows extends Rows {
  /** All that are open, also those that nothing is needed of. */
  readonly packs: readonly PackReader[]
}

/** What the last run wrote, as far as its packs are still there. */
export function readRows(folder: string, format: string): ReadRows {
  const index = readIndex(join(folder, INDEX), format)
  const rows = new Map<string, Row>()
  if (!index) return { format, run: 0, rows, packs: [] }
  const packs = index.packs.map(({ name, bytes }) => openPack(join(folder, name), bytes))
  const keys = Buffer.from(index.keys.buffer, index.keys.byteOffset, index.keys.byteLength)
  for (const [at, name] of index.names.entries()) {
    const key = keys.toString('latin1', at * KEY_BYTES, (at + 1) * KEY_BYTES)
    const row = rowAt(index.numbers, at * COLUMNS, key, packs)
    if (row) rows.set(name, row)
  }
  return { format, run: index.run, rows, packs: packs.filter((pack) => pack !== undefined) }
}

/** SLS4005 when it cannot be written. */
export async function writeRows(folder: string, { format, run, rows }: Rows): Promise<void> {
  const packs = packsOf(rows)
  const places = new Map(packs.map((pack, index) => [pack, index]))
  const numbers = new Float64Array(rows.size * COLUMNS)
  const keys = Buffer.alloc(rows.size * KEY_BYTES)
  let at = 0
  for (const row of rows.values()) {
    write(row, places.get(row.piece.pack) ?? 0, numbers, at * COLUMNS)
    keys.write(row.piece.key, at * KEY_BYTES, 'latin1')
    at++
  }
  const listed = packs.map((pack) => ({ name: pack.name, bytes: pack.open() }))
  await writeIndex(join(folder, INDEX), { format, run, packs: listed, names: [...rows.keys()], numbers, keys })
}

export function packsOf(rows: ReadonlyMap<string, Row>): PackReader[] {
  const packs = new Set<PackReader>()
  for (const { piece } of rows.values()) packs.add(piece.pack)
  return [...packs]
}

export const INDEX = 'index'

const METHODS = ['store', 'deflate'] as const
const SCANNED = ['no', 'clean', 'key'] as const satisfies readonly Scanned[]

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

function write({ state, isRacy, piece, run }: Row, pack: number, numbers: Float64Array, at: number): void {
  const isKnown = state !== undefined && !isRacy
  numbers[at] = isKnown ? state.size : -1
  numbers[at + 1] = isKnown ? state.mtimeMs : -1
  numbers[at + 2] = isKnown ? state.ctimeMs : -1
  numbers[at + 3] = isKnown ? state.ino : -1
  numbers[at + 4] = pack
  numbers[at + 5] = piece.offset
  numbers[at + 6] = piece.packedBytes
  numbers[at + 7] = piece.packedCrc
  numbers[at + 8] = piece.bytes
  numbers[at + 9] = piece.crc
  numbers[at + 10] = METHODS.indexOf(piece.method)
  numbers[at + 11] = SCANNED.indexOf(piece.scanned)
  numbers[at + 12] = run
}

// Numbers by their place: taking a row apart would cost more than all else here.
function rowAt(
  numbers: Float64Array,
  at: number,
  key: string,
  packs: readonly (PackReader | undefined)[],
): Row | undefined {
  const number = (column: number): number => numbers[at + column] ?? 0
  const pack = packs[number(4)]
  if (!pack) return undefined
  return {
    state: { path: '', size: number(0), mtimeMs: number(1), ctimeMs: number(2), ino: number(3) },
    isRacy: number(0) < 0,
    piece: {
      key,
      pack,
      offset: number(5),
      packedBytes: number(6),
      packedCrc: number(7),
      bytes: number(8),
      crc: number(9),
      method: METHODS[number(10)] ?? 'store',
      scanned: SCANNED[number(11)] ?? 'no',
    },
    run: number(12),
  }
}
