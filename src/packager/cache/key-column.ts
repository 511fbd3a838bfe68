import { KEY_BYTES } from './index-file.ts'

const FIRST = 1024
const NONE = new Int32Array(0)

/**
 * Keys of contents by their place, and the places by their keys. Texts in a map would take five times the memory.
 */
export class KeyColumn {
  #bytes: Buffer
  /** How many places there are. */
  #places: number
  /** Open addressing: a place and one, by the first bytes of its key. */
  #slots = NONE
  #taken = 0
  readonly #wanted = Buffer.alloc(KEY_BYTES)

  /** Takes the memory over. */
  constructor(keys: Uint8Array) {
    this.#bytes = Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength)
    this.#places = keys.byteLength / KEY_BYTES
  }

  at(place: number): string {
    return this.#bytes.toString('latin1', place * KEY_BYTES, (place + 1) * KEY_BYTES)
  }

  /** A place that has this key. */
  find(key: string): number | undefined {
    this.#wanted.write(key, 'latin1')
    return this.#find()
  }

  /** Gives the place. */
  append(key: string): number {
    const place = this.#places
    if ((place + 1) * KEY_BYTES > this.#bytes.length) this.reserve(Math.max(FIRST, place >> 1))
    this.#places++
    this.#bytes.write(key, place * KEY_BYTES, 'latin1')
    if (this.#slots.length > 0 && this.#taken * 2 < this.#slots.length) this.#index(place)
    else this.#slots = NONE
    return place
  }

  /** Makes room for so many more. */
  reserve(places: number): void {
    const bytes = (this.#places + places) * KEY_BYTES
    if (bytes <= this.#bytes.length) return
    const larger = Buffer.alloc(bytes)
    larger.set(this.#bytes)
    this.#bytes = larger
  }

  /** The key of this place finds nothing any more. */
  clear(place: number): void {
    this.#bytes.fill(0, place * KEY_BYTES, (place + 1) * KEY_BYTES)
  }

  /** Leaves only these places, given in their order; they are numbered anew. */
  keep(places: Iterable<number>): void {
    let to = 0
    for (const place of places) {
      if (to !== place) this.#bytes.copyWithin(to * KEY_BYTES, place * KEY_BYTES, (place + 1) * KEY_BYTES)
      to++
    }
    this.#places = to
    this.#slots = NONE
  }

  /** A view of all of them, one after another. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#places * KEY_BYTES)
  }

  #find(): number | undefined {
    if (this.#slots.length === 0) this.#indexAll()
    const mask = this.#slots.length - 1
    for (let slot = this.#wanted.readInt32LE(0) & mask; ; slot = (slot + 1) & mask) {
      const place = (this.#slots[slot] ?? 0) - 1
      if (place < 0) return undefined
      const from = place * KEY_BYTES
      if (this.#bytes.compare(this.#wanted, 0, KEY_BYTES, from, from + KEY_BYTES) === 0) return place
    }
  }

  #index(place: number): void {
    if (this.#bytes.readInt32LE(place * KEY_BYTES) === 0 && this.#isCleared(place)) return
    const mask = this.#slots.length - 1
    let slot = this.#bytes.readInt32LE(place * KEY_BYTES) & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = place + 1
    this.#taken++
  }

  #indexAll(): void {
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(FIRST, this.#places * 3))))
    this.#taken = 0
    for (let place = 0; place < this.#places; place++) this.#index(place)
  }

  #isCleared(place: number): boolean {
    return this.#bytes.subarray(place * KEY_BYTES, (place + 1) * KEY_BYTES).every((byte) => byte === 0)
  }
}
