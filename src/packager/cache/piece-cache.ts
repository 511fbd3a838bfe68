import { mkdirSync, rmSync } from 'node:fs'
import { type FileState, isRacy } from '../files/file-source.ts'
import type { Scanned } from '../work/piece-work.ts'
import { DEFLATE_FORMAT } from '../zip/deflate.ts'
import { CONTENT_HASH } from './index-file.ts'
import type { PackReader } from './pack-reader.ts'
import { packsOf, type ReadRows, type Row, readRows, type StoredPiece, writeRows } from './rows.ts'
import { sweep } from './sweep.ts'

/**
 * Compressed pieces by content, and the contents of files by their state. It lives in a folder of the service. Two runs
 * at once, a kill and a full disk can only make it forget.
 */
export class PieceCache {
  readonly folder: string
  readonly #beganMs = Date.now()
  readonly #rows: Map<string, Row>
  readonly #packs: readonly PackReader[]
  readonly #run: number
  #byKey: Map<string, Row> | undefined

  private constructor(folder: string, { rows, packs, run }: ReadRows) {
    this.folder = folder
    this.#rows = rows
    this.#packs = packs
    this.#run = run + 1
  }

  /** Makes the folder when it is missing; the system's error when it cannot. */
  static open(folder: string): PieceCache {
    mkdirSync(folder, { recursive: true })
    return new PieceCache(folder, readRows(folder, FORMAT))
  }

  /** The piece of a file whose state is still the same; of bytes, whose name says what they are. */
  find(name: string, state: FileState | undefined, scan: boolean): StoredPiece | undefined {
    const row = this.#rows.get(name)
    if (!row || (state && !isState(row.state, state)) || (scan && row.piece.scanned === 'no')) return undefined
    row.run = this.#run
    return row.piece
  }

  has(key: string): boolean {
    return this.#keyed().has(key)
  }

  keys(): Iterable<string> {
    return this.#keyed().keys()
  }

  add(name: string, state: FileState | undefined, piece: StoredPiece): void {
    const row = { state, piece, run: this.#run, isRacy: state !== undefined && isRacy(state, this.#beganMs) }
    this.#rows.set(name, row)
    this.#keyed().set(piece.key, row)
  }

  /** A file whose content is there already. */
  link(name: string, state: FileState | undefined, known: { readonly key: string; readonly scanned: Scanned }): void {
    const row = this.#keyed().get(known.key)
    if (!row) throw new Error('a piece is known that is not in the cache')
    const scanned = known.scanned === 'no' ? row.piece.scanned : known.scanned
    this.add(name, state, { ...row.piece, scanned })
  }

  /** Forgets what a damaged pack holds. */
  drop(pack: PackReader): void {
    for (const [name, { piece }] of this.#rows) if (piece.pack === pack) this.#rows.delete(name)
    this.#byKey = undefined
    pack.close()
    rmSync(pack.path, { force: true })
  }

  /** Writes what is known now, and removes what is of no more use. SLS4005 when it cannot. */
  async save(): Promise<void> {
    const rows = sweep(this.folder, { format: FORMAT, run: this.#run, rows: this.#rows, packs: this.#packs })
    await writeRows(this.folder, { format: FORMAT, run: this.#run, rows })
  }

  close(): void {
    for (const pack of [...this.#packs, ...packsOf(this.#rows)]) pack.close()
  }

  #keyed(): Map<string, Row> {
    if (!this.#byKey) {
      this.#byKey = new Map()
      for (const row of this.#rows.values()) this.#byKey.set(row.piece.key, row)
    }
    return this.#byKey
  }
}

const FORMAT = `2 ${CONTENT_HASH} ${DEFLATE_FORMAT}`

function isState(one: FileState | undefined, other: FileState): boolean {
  return (
    one !== undefined &&
    one.mtimeMs === other.mtimeMs &&
    one.size === other.size &&
    one.ctimeMs === other.ctimeMs &&
    one.ino === other.ino
  )
}
