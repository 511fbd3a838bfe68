import { getFips } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import { crc32 } from 'node:zlib'
import { writeWhole } from '../files/file-sink.ts'

/** What a cache knows, as columns: reading it has to cost little beside the walk of the tree. */
export interface Index {
  /** Another format means other bytes, so nothing of such an index is used. */
  readonly format: string
  /** Counts the runs that wrote the index. */
  readonly run: number
  readonly packs: readonly { readonly name: string; readonly bytes: number }[]
  readonly names: readonly string[]
  /** `COLUMNS` numbers a name. */
  readonly numbers: Float64Array
  /** 32 bytes a name. */
  readonly keys: Uint8Array
}

export const COLUMNS = 14
export const KEY_BYTES = 32

/** Twice as fast as SHA-256 where the processor has no instructions for that, and as strong. Absent under FIPS rules. */
export const CONTENT_HASH = getFips() === 0 ? 'blake2b512' : 'sha256'

/** Undefined when there is none, or when it is not whole: then everything is made again. */
export function readIndex(path: string, format: string): Index | undefined {
  if (!existsSync(path)) return undefined
  const bytes = readFileSync(path)
  const end = bytes.length - 4
  if (end < 0 || crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) return undefined
  const index = deserialize(bytes.subarray(0, end)) as Index
  return index.format === format ? index : undefined
}

/** Whole or not at all: of two runs at once the last one wins, and the other one's work is done again. */
export async function writeIndex(path: string, index: Index): Promise<void> {
  const bytes = serialize(index)
  const check = Buffer.alloc(4)
  check.writeUInt32LE(crc32(bytes))
  await writeWhole(path, [bytes, check])
}
