/**
 * CRC-64 of ECMA-182 as a decimal string: how the platform says what code a function has (`codeChecksum`).
 * In two halves of 32 bits, because BigInt takes thirty times as long.
 */
export class Crc64 {
  #high = 0xffffffff
  #low = 0xffffffff

  update(bytes: Uint8Array): this {
    let high = this.#high
    let low = this.#low
    for (const byte of bytes) {
      const index = (low ^ byte) & 0xff
      low = (low >>> 8) | ((high & 0xff) << 24)
      high >>>= 8
      low ^= TABLE[index * 2 + 1] as number
      high ^= TABLE[index * 2] as number
    }
    this.#high = high >>> 0
    this.#low = low >>> 0
    return this
  }

  digest(): string {
    const high = BigInt((this.#high ^ 0xffffffff) >>> 0)
    return ((high << 32n) | BigInt((this.#low ^ 0xffffffff) >>> 0)).toString()
  }
}

// The polynomial, bits reversed, high half then low half of each entry.
const TABLE = ((): Uint32Array => {
  const polynomial = 0xc96c5795d7870f42n
  const table = new Uint32Array(512)
  for (let index = 0; index < 256; index++) {
    let value = BigInt(index)
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n
    table[index * 2] = Number(value >> 32n)
    table[index * 2 + 1] = Number(value & 0xffffffffn)
  }
  return table
})()
