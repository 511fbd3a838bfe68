/**
 * The value that bytes are in CBOR (RFC 8949): numbers, texts, bytes, lists, maps, the simple values; of tags only what
 * they stand before. A whole number beyond 2^53 becomes the nearest one. Throws a RangeError for what is none.
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes)
  const value = reader.read()
  if (reader.at < bytes.length) throw new RangeError('bytes follow the CBOR value')
  return value === BREAK ? undefined : value
}

const BREAK = Symbol('break')
const MOST_DEPTH = 64

class Reader {
  at = 0
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #depth = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  read(): unknown {
    if (++this.#depth > MOST_DEPTH) throw new RangeError('CBOR is nested too deeply')
    const value = this.#readItem()
    this.#depth--
    return value
  }

  #readItem(): unknown {
    const head = this.#view.getUint8(this.at++)
    const major = head >> 5
    const info = head & 31
    if (major === 7) return this.#simple(info)
    const count = this.#argument(info)
    if (major === 0) return count
    if (major === 1) return -1 - (count ?? 0)
    if (major === 2) return this.#joined(count)
    if (major === 3) return Buffer.from(this.#joined(count)).toString('utf8')
    if (major === 4) return this.#list(count)
    if (major === 5) return this.#map(count)
    return this.read()
  }

  // Undefined where the end is marked instead.
  #argument(info: number): number | undefined {
    if (info < 24) return info
    const at = this.at
    if (info === 31) return undefined
    if (info > 27) throw new RangeError(`CBOR has no length of the form ${info}`)
    this.at += 2 ** (info - 24)
    if (info === 24) return this.#view.getUint8(at)
    if (info === 25) return this.#view.getUint16(at)
    return info === 26 ? this.#view.getUint32(at) : Number(this.#view.getBigUint64(at))
  }

  #joined(length: number | undefined): Uint8Array {
    if (length !== undefined) {
      const start = this.at
      if (start + length > this.#bytes.length) throw new RangeError('CBOR ends too early')
      this.at += length
      return Buffer.from(this.#bytes.subarray(start, this.at))
    }
    const parts = this.#list(undefined).map((part) => Buffer.from(part as Uint8Array | string as Uint8Array))
    return Buffer.concat(parts)
  }

  #list(count: number | undefined): unknown[] {
    const list: unknown[] = []
    while (count === undefined || list.length < count) {
      const value = this.read()
      if (value === BREAK) break
      list.push(value)
    }
    return list
  }

  #map(count: number | undefined): Record<string, unknown> {
    const entries: [string, unknown][] = []
    while (count === undefined || entries.length < count) {
      const key = this.read()
      if (key === BREAK) break
      entries.push([String(key), this.read()])
    }
    return Object.fromEntries(entries)
  }

  #simple(info: number): unknown {
    const at = this.at
    if (info === 31) return BREAK
    if (info === 25) {
      this.at += 2
      return halfOf(this.#view.getUint16(at))
    }
    if (info === 26) {
      this.at += 4
      return this.#view.getFloat32(at)
    }
    if (info === 27) {
      this.at += 8
      return this.#view.getFloat64(at)
    }
    return SIMPLE[info]
  }
}

const SIMPLE: Readonly<Record<number, unknown>> = { 20: false, 21: true, 22: null, 23: undefined }

function halfOf(bits: number): number {
  const exponent = (bits >> 10) & 31
  const mantissa = bits & 1023
  const sign = bits & 0x8000 ? -1 : 1
  if (exponent === 0) return sign * mantissa * 2 ** -24
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1024 + mantissa) * 2 ** (exponent - 25)
}
