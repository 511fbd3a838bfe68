import type { FileState } from '../files/file-source.ts'
import type { PackedPiece, Scanned } from '../work/piece-work.ts'
import { COLUMNS } from './index-file.ts'
import { KeyColumn } from './key-column.ts'
import type { PackReader } from './pack-reader.ts'

/** A compressed piece in a pack of the cache. */
export interface StoredPiece extends PackedPiece {
  readonly pack: PackReader
}

export interface Columns {
  readonly names: readonly string[]
  readonly numbers: Float64Array
  readonly keys: Uint8Array
}

/**
 * Names of pieces with what is known of each, in columns: an object a row would take most of the time of reading them, and
 * most of the memory. Rows are known by their place. A name that gets another content gets another row: the earlier one stays
 * until the table is written, for other names may have that content now.
 */
export class PieceTable {
  readonly #packs: (PackReader | undefined)[]
  readonly #places = new Map<string, number>()
  readonly #names: string[]
  #numbers: Float64Array
  readonly #keys: KeyColumn

  /** `packs` are the ones that the rows name by number; rows of those that are missing are left out. */
  constructor({ names, numbers, keys }: Columns, packs: readonly (PackReader | undefined)[]) {
    this.#packs = [...packs]
    this.#names = [...names]
    this.#numbers = numbers
    this.#keys = new KeyColumn(keys)
    for (const [place, name] of names.entries()) {
      if (this.#packAt(place)) this.#places.set(name, place)
      else this.#keys.clear(place)
    }
  }

  get size(): number {
    return this.#places.size
  }

  /** Name and place of each row. */
  rows(): Iterable<readonly [string, number]> {
    return this.#places
  }

  placeOf(name: string): number | undefined {
    return this.#places.get(name)
  }

  /** Whether the file that had this content was in this state. */
  isState(place: number, { size, mtimeMs, ctimeMs, ino }: FileState): boolean {
    const numbers = this.#numbers
    const at = place * COLUMNS
    return (
      numbers[at + MTIME] === mtimeMs &&
      numbers[at + SIZE] === size &&
      numbers[at + CTIME] === ctimeMs &&
      numbers[at + INO] === ino
    )
  }

  isScanned(place: number): boolean {
    return this.#at(place, SCAN) !== SCANNED.indexOf('no')
  }

  runOf(place: number): number {
    return this.#at(place, RUN)
  }

  used(place: number, run: number): void {
    this.#numbers[place * COLUMNS + RUN] = run
  }

  packOf(place: number): PackReader {
    return this.#packAt(place) ?? unreachable()
  }

  keyOf(place: number): string {
    return this.#keys.at(place)
  }

  /** A row that has this content. */
  withKey(key: string): number | undefined {
    return this.#keys.find(key)
  }

  /** The keys of all contents, one after another; of those that are gone, zeros. */
  keys(): Uint8Array {
    return this.#keys.bytes()
  }

  /** Makes room for so many more rows. */
  reserve(rows: number): void {
    this.#keys.reserve(rows)
    if ((this.#names.length + rows) * COLUMNS > this.#numbers.length) this.#grow(this.#names.length + rows)
  }

  pieceOf(place: number): StoredPiece {
    return {
      pack: this.packOf(place),
      key: this.keyOf(place),
      offset: this.#at(place, OFFSET),
      packedBytes: this.#at(place, PACKED_BYTES),
      packedCrc: this.#at(place, PACKED_CRC),
      bytes: this.#at(place, BYTES),
      crc: this.#at(place, CRC),
      method: METHODS[this.#at(place, METHOD)] ?? 'store',
      scanned: SCANNED[this.#at(place, SCAN)] ?? 'no',
    }
  }

  /** Gives the place. `isRacy` when nobody could tell a later change of the file from the state. */
  set(name: string, state: FileState | undefined, isRacy: boolean, key: string): number {
    const place = this.#append(name, key)
    const [numbers, at] = [this.#numbers, place * COLUMNS]
    numbers[at + SIZE] = state?.size ?? NO_STATE
    numbers[at + MTIME] = state?.mtimeMs ?? NO_STATE
    numbers[at + CTIME] = state?.ctimeMs ?? NO_STATE
    numbers[at + INO] = state?.ino ?? NO_STATE
    numbers[at + RACY] = Number(isRacy)
    return place
  }

  put(place: number, piece: StoredPiece): void {
    const [numbers, at] = [this.#numbers, place * COLUMNS]
    let pack = this.#packs.indexOf(piece.pack)
    if (pack < 0) pack = this.#packs.push(piece.pack) - 1
    numbers[at + PACK] = pack
    numbers[at + OFFSET] = piece.offset
    numbers[at + PACKED_BYTES] = piece.packedBytes
    numbers[at + PACKED_CRC] = piece.packedCrc
    numbers[at + BYTES] = piece.bytes
    numbers[at + CRC] = piece.crc
    numbers[at + METHOD] = METHODS.indexOf(piece.method)
    numbers[at + SCAN] = SCANNED.indexOf(piece.scanned)
  }

  delete(name: string): void {
    this.#places.delete(name)
  }

  /** Forgets what lies in a pack. */
  drop(pack: PackReader): void {
    for (const [place, name] of this.#names.entries()) {
      if (this.#packAt(place) !== pack) continue
      this.#keys.clear(place)
      if (this.#places.get(name) === place) this.#places.delete(name)
    }
  }

  /** The packs that rows are in. */
  packs(): PackReader[] {
    const used = new Set<number>()
    for (const place of this.#places.values()) used.add(this.#at(place, PACK))
    return [...used].flatMap((pack) => this.#packs[pack] ?? [])
  }

  /**
   * What is kept for the next run: nothing of a state that could be another's, and the packs by their place in `packs`. It
   * shares its memory with the table, which stays as good as it was.
   */
  columns(packs: readonly PackReader[]): Columns {
    const numberOf = new Map(packs.map((pack, number) => [pack, number]))
    this.#close(numberOf)
    this.#packs.splice(0, this.#packs.length, ...packs)
    const numbers = this.#numbers.subarray(0, this.size * COLUMNS)
    for (let at = 0; at < numbers.length; at += COLUMNS) {
      if (numbers[at + RACY] === 1) numbers.fill(NO_STATE, at + SIZE, at + INO + 1)
    }
    return { names: this.#names, numbers, keys: this.#keys.bytes() }
  }

  // Moves rows to where others were. They are in the order of their places, so none is overwritten.
  #close(numberOf: ReadonlyMap<PackReader, number>): void {
    let to = 0
    this.#keys.keep(this.#places.values())
    for (const [name, place] of this.#places) {
      this.#numbers[place * COLUMNS + PACK] = numberOf.get(this.packOf(place)) ?? unreachable()
      if (to !== place) {
        this.#numbers.copyWithin(to * COLUMNS, place * COLUMNS, (place + 1) * COLUMNS)
        this.#names[to] = name
        this.#places.set(name, to)
      }
      to++
    }
    this.#names.length = to
  }

  #append(name: string, key: string): number {
    const place = this.#keys.append(key)
    this.#names.push(name)
    // The rows of `#places` stay in the order of their places.
    this.#places.delete(name)
    this.#places.set(name, place)
    if ((place + 1) * COLUMNS > this.#numbers.length) this.#grow(Math.max(FIRST_ROWS, place + (place >> 1)))
    return place
  }

  #grow(rows: number): void {
    const numbers = new Float64Array(rows * COLUMNS)
    numbers.set(this.#numbers)
    this.#numbers = numbers
  }

  #packAt(place: number): PackReader | undefined {
    return this.#packs[this.#at(place, PACK)]
  }

  #at(place: number, column: number): number {
    return this.#numbers[place * COLUMNS + column] ?? 0
  }
}

const [SIZE, MTIME, CTIME, INO, PACK, OFFSET, PACKED_BYTES] = [0, 1, 2, 3, 4, 5, 6]
const [PACKED_CRC, BYTES, CRC, METHOD, SCAN, RUN, RACY] = [7, 8, 9, 10, 11, 12, 13]
const NO_STATE = -1
const FIRST_ROWS = 1024

const METHODS = ['store', 'deflate'] as const
const SCANNED = ['no', 'clean', 'key'] as const satisfies readonly Scanned[]

function unreachable(): never {
  throw new Error('a row names no pack')
}
