import { contentDate } from '../content-date.ts'

/**
 * The records of a zip as bytes: PKWARE's APPNOTE 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3. Pure. Nothing of the
 * machine is in them: the date tells of the content, the modes are 0644 or 0755, the maker is "Unix".
 */
export interface ZipRecord {
  readonly name: string
  /** Of the name in UTF-8. */
  readonly nameBytes: number
  readonly executable: boolean
  readonly method: 'store' | 'deflate'
  readonly crc: number
  readonly packedBytes: number
  readonly bytes: number
}

// What stands in 4-byte fields when the true value is in the ZIP64 extra field.
const MAX32 = 0xffffffff
const MAX16 = 0xffff

const MADE_BY_UNIX = 3 << 8
const FLAG_UTF8 = 1 << 11
// Without the flag a name is in code page 437, which has signs in place of control characters too.
const PLAIN = /^[ -~]*$/
const METHOD = { store: 0, deflate: 8 } as const

/** No header is longer than its name and this. */
export const MAX_HEADER_BYTES = 46 + 4 + 3 * 8

/** Writes the header that stands before the data into `out` at `at`. Gives where it ends. */
export function writeLocalHeader(record: ZipRecord, out: Buffer, at: number): number {
  const { crc, packedBytes, bytes } = record
  const wide = isWide(record)
  out.writeUInt32LE(0x04034b50, at)
  writeCommon(record, { wide, out, at: at + 4 })
  out.writeUInt32LE(crc, at + 14)
  out.writeUInt32LE(wide ? MAX32 : packedBytes, at + 18)
  out.writeUInt32LE(wide ? MAX32 : bytes, at + 22)
  out.writeUInt16LE(record.nameBytes, at + 26)
  return writeTail(record, wide ? [bytes, packedBytes] : NONE, { out, at, fixed: 30, extraAt: 28 })
}

/** Writes the record's entry in the directory at the end. `offset` is where its local header starts. */
export function writeCentralHeader(record: ZipRecord, offset: number, out: Buffer, at: number): number {
  const { crc, packedBytes, bytes, executable } = record
  const wide = isWide(record)
  const far = offset >= MAX32
  const values = wide || far ? [...(wide ? [bytes, packedBytes] : NONE), ...(far ? [offset] : NONE)] : NONE
  out.writeUInt32LE(0x02014b50, at)
  out.writeUInt16LE(MADE_BY_UNIX | version(wide || far), at + 4)
  writeCommon(record, { wide: wide || far, out, at: at + 6 })
  out.writeUInt32LE(crc, at + 16)
  out.writeUInt32LE(wide ? MAX32 : packedBytes, at + 20)
  out.writeUInt32LE(wide ? MAX32 : bytes, at + 24)
  out.writeUInt16LE(record.nameBytes, at + 28)
  out.fill(0, at + 32, at + 38)
  out.writeUInt32LE(((executable ? 0o100755 : 0o100644) << 16) >>> 0, at + 38)
  out.writeUInt32LE(far ? MAX32 : offset, at + 42)
  return writeTail(record, values, { out, at, fixed: 46, extraAt: 30 })
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

const NONE: readonly number[] = []

interface Tail {
  readonly out: Buffer
  /** Where the header starts. */
  readonly at: number
  /** Length of its fixed part. */
  readonly fixed: number
  /** Where in it the length of the extra field stands. */
  readonly extraAt: number
}

// The name and the ZIP64 extra field.
function writeTail(
  { name, nameBytes }: ZipRecord,
  values: readonly number[],
  { out, at, fixed, extraAt }: Tail,
): number {
  const extraBytes = values.length === 0 ? 0 : 4 + values.length * 8
  out.writeUInt16LE(extraBytes, at + extraAt)
  out.write(name, at + fixed, 'utf8')
  const start = at + fixed + nameBytes
  if (extraBytes === 0) return start
  out.writeUInt16LE(0x0001, start)
  out.writeUInt16LE(values.length * 8, start + 2)
  for (const [index, value] of values.entries()) out.writeBigUInt64LE(BigInt(value), start + 4 + index * 8)
  return start + extraBytes
}

interface Place {
  readonly wide: boolean
  readonly out: Buffer
  readonly at: number
}

// Version needed, flags, method, time and date stand in this order in both headers.
function writeCommon({ name, method, crc }: ZipRecord, { wide, out, at }: Place): void {
  out.writeUInt16LE(version(wide), at)
  out.writeUInt16LE(PLAIN.test(name) ? 0 : FLAG_UTF8, at + 2)
  out.writeUInt16LE(METHOD[method], at + 4)
  writeDate(crc, out, at + 6)
}

function writeDate(crc: number, out: Buffer, at: number): void {
  const { year, month, day, hour, minute, second } = contentDate(crc)
  out.writeUInt16LE((hour << 11) | (minute << 5) | (second >> 1), at)
  out.writeUInt16LE(((year - 1980) << 9) | ((month + 1) << 5) | day, at + 2)
}

function isWide({ bytes, packedBytes }: ZipRecord): boolean {
  return bytes >= MAX32 || packedBytes >= MAX32
}

function version(wide: boolean): number {
  return wide ? 45 : 20
}
