import { mkdirSync, rmSync } from 'node:fs'
import { type FileState, isRacy } from '../files/file-source.ts'
import type { Scanned } from '../work/piece-work.ts'
import { DEFLATE_FORMAT } from '../zip/deflate.ts'
import { CONTENT_HASH } from './index-file.ts'
import type { PackReader } from './pack-reader.ts'
import type { PieceTable, StoredPiece } from './piece-table.ts'
import { type ReadRows, readRows, writeRows } from './rows.ts'
import { sweep } from './sweep.ts'

/**
 * Compressed pieces by content, and the contents of files by their state. It lives in a folder of the service. Two runs
 * at once, a kill and a full disk can only make it forget.
 */
export class PieceCache {
  readonly folder: string
  readonly #beganMs: number
  readonly #table: PieceTable
  readonly #packs: readonly PackReader[]
  readonly #run: number
  #newPieces = 0
  #newBytes = 0

  private constructor(folder: string, beganMs: number, { table, packs, run }: ReadRows) {
    this.folder = folder
    this.#beganMs = beganMs
    this.#table = table
    this.#packs = packs
    this.#run = run + 1
  }

  /** Makes the folder when it is missing; the system's error when it cannot. No content that is added was read before `beganMs`. */
  static open(folder: string, beganMs: number): PieceCache {
    mkdirSync(folder, { recursive: true })
    return new PieceCache(folder, beganMs, readRows(folder, FORMAT))
  }

  /** Whether there is the piece of a file whose state is still the same; of bytes, whose name says what they are. */
  has(name: string, state: FileState | undefined, scan: boolean): boolean {
    return this.#placeOf(name, state, scan) !== undefined
  }

  find(name: string, state: FileState | undefined, scan: boolean): StoredPiece | undefined {
    const place = this.#placeOf(name, state, scan)
    return place === undefined ? undefined : this.#table.pieceOf(place)
  }

  /** Whether such content is there, under whatever name. */
  knows(key: string): boolean {
    return this.#table.withKey(key) !== undefined
  }

  /** The keys of all contents that are there, one after another. */
  keys(): Uint8Array {
    return this.#table.keys()
  }

  /** Makes room for so many more pieces. */
  reserve(pieces: number): void {
    this.#table.reserve(pieces)
  }

  /** What was used of a file without being looked for. */
  keep(name: string): void {
    const place = this.#table.placeOf(name)
    if (place !== undefined) this.#table.used(place, this.#run)
  }

  /** Whether there is more than a moment's work that no earlier run has done. */
  get isWorthSaving(): boolean {
    return this.#newPieces > FEW_PIECES || this.#newBytes > FEW_BYTES
  }

  add(name: string, state: FileState | undefined, key: string, piece: StoredPiece): void {
    this.#newPieces++
    this.#newBytes += piece.bytes
    const place = this.#table.set(name, state, state !== undefined && isRacy(state, this.#beganMs), key)
    this.#table.put(place, piece)
    this.#table.used(place, this.#run)
  }

  /** A file whose content is there already. */
  link(name: string, state: FileState | undefined, known: { readonly key: string; readonly scanned: Scanned }): void {
    const place = this.#table.withKey(known.key)
    if (place === undefined) throw new Error('a piece is known that is not in the cache')
    const piece = this.#table.pieceOf(place)
    this.add(name, state, known.key, known.scanned === 'no' ? piece : { ...piece, scanned: known.scanned })
  }

  /** Forgets what a damaged pack holds. */
  drop(pack: PackReader): void {
    this.#table.drop(pack)
    pack.close()
    rmSync(pack.path, { force: true })
  }

  /** Writes what is known now, and removes what is of no more use. SLS4005 when it cannot. */
  async save(): Promise<void> {
    const rows = { format: FORMAT, run: this.#run, table: this.#table }
    sweep(this.folder, { ...rows, packs: this.#packs })
    await writeRows(this.folder, rows)
  }

  /** In place of `save`: the folder is as it was before. */
  leave(): void {
    for (const { path, isFresh } of this.#table.packs()) if (isFresh) rmSync(path, { force: true })
  }

  close(): void {
    for (const pack of [...this.#packs, ...this.#table.packs()]) pack.close()
  }

  #placeOf(name: string, state: FileState | undefined, scan: boolean): number | undefined {
    const table = this.#table
    const place = table.placeOf(name)
    if (place === undefined || (state && !table.isState(place, state))) return undefined
    if (scan && !table.isScanned(place)) return undefined
    table.used(place, this.#run)
    return place
  }
}

const FEW_PIECES = 64
const FEW_BYTES = 2 << 20

const FORMAT = `4 ${CONTENT_HASH} ${DEFLATE_FORMAT}`
