import type { FileState } from '../files/file-source.ts'
import type { PackedPiece, Scanned } from '../work/piece-work.ts'
import { COLUMNS, KEY_BYTES } from './index-file.ts'
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
 * most of the memory. Rows are known by their place.
 */
export class PieceTable {
  readonly #packs: (PackReader | undefined)[]
  readonly #places = new Map<string, number>()
  readonly #names: string[]
  #numbers: Float64Array
  #keys: Buffer

  /** `packs` are the ones that the rows name by number; rows of those that are missing are left out. */
  constructor({ names, numbers, keys }: Columns, packs: readonly (PackReader | undefined)[]) {
    this.#packs = [...packs]
    this.#names = [...names]
    this.#numbers = numbers
    this.#keys = Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength)
    for (const [place, name] of names.entries()) if (this.#packAt(place)) this.#places.set(name, place)
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
    return this.#keys.toString('latin1', place * KEY_BYTES, (place + 1) * KEY_BYTES)
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
    const place = this.#places.get(name) ?? this.#append(name)
    const [numbers, at] = [this.#numbers, place * COLUMNS]
    numbers[at + SIZE] = state?.size ?? NO_STATE
    numbers[at + MTIME] = state?.mtimeMs ?? NO_STATE
    numbers[at + CTIME] = state?.ctimeMs ?? NO_STATE
    numbers[at + INO] = state?.ino ?? NO_STATE
    numbers[at + RACY] = Number(isRacy)
    this.#keys.write(key, place * KEY_BYTES, 'latin1')
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
    const [numbers, keys] = [
      this.#numbers.subarray(0, this.size * COLUMNS),
      this.#keys.subarray(0, this.size * KEY_BYTES),
    ]
    for (let at = 0; at < numbers.length; at += COLUMNS) {
      if (numbers[at + RACY] === 1) numbers.fill(NO_STATE, at + SIZE, at + INO + 1)
    }
    return { names: this.#names, numbers, keys }
  }

  // Moves rows to where others were deleted. They are in the order of their places, so none is overwritten.
  #close(numberOf: ReadonlyMap<PackReader, number>): void {
    let to = 0
    for (const [name, place] of this.#places) {
      this.#numbers[place * COLUMNS + PACK] = numberOf.get(this.packOf(place)) ?? unreachable()
      if (to !== place) {
        this.#numbers.copyWithin(to * COLUMNS, place * COLUMNS, (place + 1) * COLUMNS)
        this.#keys.copyWithin(to * KEY_BYTES, place * KEY_BYTES, (place + 1) * KEY_BYTES)
        this.#names[to] = name
        this.#places.set(name, to)
      }
      to++
    }
    this.#names.length = to
  }

  #append(name: string): number {
    const place = this.#names.push(name) - 1
    this.#places.set(name, place)
    if ((place + 1) * COLUMNS > this.#numbers.length) this.#grow(Math.max(FIRST_ROWS, place + (place >> 1)))
    return place
  }

  #grow(rows: number): void {
    const [numbers, keys] = [new Float64Array(rows * COLUMNS), Buffer.alloc(rows * KEY_BYTES)]
    numbers.set(this.#numbers)
    keys.set(this.#keys)
    this.#numbers = numbers
    this.#keys = keys
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
