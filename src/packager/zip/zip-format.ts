/**
 * The records of a zip as bytes: PKWARE's APPNOTE 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3. Pure. Nothing of the
 * machine is in them: the date is the format's first day, the modes are 0644 or 0755, the maker is "Unix".
 */
export interface ZipRecord {
  readonly name: Uint8Array
  readonly executable: boolean
  readonly method: 'store' | 'deflate'
  readonly crc: number
  readonly packedBytes: number
  readonly bytes: number
  /** Crc and sizes follow the data, because they were not known before. */
  readonly streamed: boolean
  /** Sizes are written with 8 bytes. For a streamed record it is decided before the sizes are known. */
  readonly isWide: boolean
}

/** What stands in 4-byte fields when the true value is in the ZIP64 extra field. */
export const MAX32 = 0xffffffff
const MAX16 = 0xffff

const DATE_1980_01_01 = 0x0021
const MADE_BY_UNIX = 3 << 8
const FLAG_STREAMED = 1 << 3
const FLAG_UTF8 = 1 << 11
const METHOD = { store: 0, deflate: 8 } as const

export function localHeader(record: ZipRecord): Buffer {
  const sizes = record.streamed ? { crc: 0, packedBytes: 0, bytes: 0 } : record
  const extra = record.isWide ? wideExtra([sizes.bytes, sizes.packedBytes]) : Buffer.alloc(0)
  const head = Buffer.alloc(30)
  head.writeUInt32LE(0x04034b50, 0)
  writeCommon(head, 4, record)
  head.writeUInt32LE(sizes.crc, 14)
  head.writeUInt32LE(record.isWide ? MAX32 : sizes.packedBytes, 18)
  head.writeUInt32LE(record.isWide ? MAX32 : sizes.bytes, 22)
  head.writeUInt16LE(record.name.length, 26)
  head.writeUInt16LE(extra.length, 28)
  return Buffer.concat([head, record.name, extra])
}

export function dataDescriptor(record: ZipRecord): Buffer {
  const out = Buffer.alloc(record.isWide ? 24 : 16)
  out.writeUInt32LE(0x08074b50, 0)
  out.writeUInt32LE(record.crc, 4)
  if (record.isWide) {
    out.writeBigUInt64LE(BigInt(record.packedBytes), 8)
    out.writeBigUInt64LE(BigInt(record.bytes), 16)
  } else {
    out.writeUInt32LE(record.packedBytes, 8)
    out.writeUInt32LE(record.bytes, 12)
  }
  return out
}

/** The record's entry in the directory at the end. `offset` is where its local header starts. */
export function centralHeader(record: ZipRecord, offset: number): Buffer {
  const far = offset >= MAX32
  const values = [...(record.isWide ? [record.bytes, record.packedBytes] : []), ...(far ? [offset] : [])]
  const extra = values.length > 0 ? wideExtra(values) : Buffer.alloc(0)
  const head = Buffer.alloc(46)
  head.writeUInt32LE(0x02014b50, 0)
  head.writeUInt16LE(MADE_BY_UNIX | version(values.length > 0), 4)
  writeCommon(head, 6, record, values.length > 0)
  head.writeUInt32LE(record.crc, 16)
  head.writeUInt32LE(record.isWide ? MAX32 : record.packedBytes, 20)
  head.writeUInt32LE(record.isWide ? MAX32 : record.bytes, 24)
  head.writeUInt16LE(record.name.length, 28)
  head.writeUInt16LE(extra.length, 30)
  head.writeUInt32LE(((record.executable ? 0o100755 : 0o100644) << 16) >>> 0, 38)
  head.writeUInt32LE(far ? MAX32 : offset, 42)
  return Buffer.concat([head, record.name, extra])
}

export interface Directory {
  readonly entries: number
  readonly bytes: number
  readonly offset: number
}

/** What closes the file, with the ZIP64 records before it when a number is too large for it. */
export function endRecords(directory: Directory): Buffer {
  const { entries, bytes, offset } = directory
  const wide = entries >= MAX16 || bytes >= MAX32 || offset >= MAX32
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Math.min(entries, MAX16), 8)
  end.writeUInt16LE(Math.min(entries, MAX16), 10)
  end.writeUInt32LE(Math.min(bytes, MAX32), 12)
  end.writeUInt32LE(Math.min(offset, MAX32), 16)
  return Buffer.concat([...(wide ? wideEnd(directory) : []), end])
}

function wideEnd({ entries, bytes, offset }: Directory): Buffer[] {
  const record = Buffer.alloc(56)
  record.writeUInt32LE(0x06064b50, 0)
  record.writeBigUInt64LE(44n, 4)
  record.writeUInt16LE(MADE_BY_UNIX | version(true), 12)
  record.writeUInt16LE(version(true), 14)
  record.writeBigUInt64LE(BigInt(entries), 24)
  record.writeBigUInt64LE(BigInt(entries), 32)
  record.writeBigUInt64LE(BigInt(bytes), 40)
  record.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(offset + bytes), 8)
  locator.writeUInt32LE(1, 16)
  return [record, locator]
}

// Version needed, flags, method, time and date stand in this order in both headers.
function writeCommon(head: Buffer, at: number, record: ZipRecord, wide = record.isWide): void {
  const isAscii = record.name.every((byte) => byte < 0x80)
  head.writeUInt16LE(version(wide), at)
  head.writeUInt16LE((record.streamed ? FLAG_STREAMED : 0) | (isAscii ? 0 : FLAG_UTF8), at + 2)
  head.writeUInt16LE(METHOD[record.method], at + 4)
  head.writeUInt16LE(0, at + 6)
  head.writeUInt16LE(DATE_1980_01_01, at + 8)
}

function wideExtra(values: readonly number[]): Buffer {
  const out = Buffer.alloc(4 + values.length * 8)
  out.writeUInt16LE(0x0001, 0)
  out.writeUInt16LE(values.length * 8, 2)
  for (const [index, value] of values.entries()) out.writeBigUInt64LE(BigInt(value), 4 + index * 8)
  return out
}

function version(wide: boolean): number {
  return wide ? 45 : 20
}
