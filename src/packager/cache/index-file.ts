import { getFips } from 'node:crypto'
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { writeWhole } from '../files/file-sink.ts'

/** What a cache knows, as columns: reading it has to cost little beside the walk of the tree. */
export interface Index {
  /** Another format means other bytes, so nothing of such an index is used. */
  readonly format: string
  /** Counts the runs that wrote the index. */
  readonly run: number
  readonly packs: readonly { readonly name: string; readonly bytes: number }[]
  /** None is empty, ends in a NUL or has two of them side by side. */
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
  const fd = openSync(path, 'r')
  try {
    return readParts(fd, format)
  } finally {
    closeSync(fd)
  }
}

/** Whole or not at all: of two runs at once the last one wins, and the other one's work is done again. */
export async function writeIndex(path: string, index: Index): Promise<void> {
  await writeWhole(path, partsOf(index))
}

interface Head extends Pick<Index, 'format' | 'run' | 'packs'> {
  readonly rows: number
}

// One after another, so that no copy of the whole is ever made.
function* partsOf({ format, run, packs, names, numbers, keys }: Index): Generator<Buffer> {
  const head: Head = { format, run, packs, rows: names.length }
  const text = Buffer.from(JSON.stringify(head))
  const start = Buffer.alloc(START_BYTES)
  start.write(MAGIC, 'latin1')
  start.writeUInt32LE(text.length, MAGIC.length)
  let check = 0
  for (const part of [start, text, viewOf(numbers), viewOf(keys)]) {
    check = crc32(part, check)
    yield part
  }
  for (let from = 0; from < names.length; from += NAMES_AT_ONCE) {
    const some = names.slice(from, from + NAMES_AT_ONCE).join(BETWEEN)
    const part = Buffer.from(from === 0 ? some : BETWEEN + some)
    check = crc32(part, check)
    yield part
  }
  const end = Buffer.alloc(CHECK_BYTES)
  end.writeUInt32LE(check)
  yield end
}

function readParts(fd: number, format: string): Index | undefined {
  const size = fstatSync(fd).size
  const start = readPart(fd, 0, START_BYTES)
  if (start.length < START_BYTES || start.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined
  const headBytes = start.readUInt32LE(MAGIC.length)
  if (START_BYTES + headBytes > size) return undefined
  const text = readPart(fd, START_BYTES, headBytes)
  const head = readHead(text.toString())
  if (head?.format !== format || !Number.isSafeInteger(head.rows) || head.rows < 0) return undefined
  const numbersAt = START_BYTES + headBytes
  const keysAt = numbersAt + head.rows * COLUMNS * NUMBER_BYTES
  const namesAt = keysAt + head.rows * KEY_BYTES
  const endAt = size - CHECK_BYTES
  if (namesAt > endAt) return undefined
  const numbers = readPart(fd, numbersAt, keysAt - numbersAt)
  const keys = readPart(fd, keysAt, namesAt - keysAt)
  const blob = readPart(fd, namesAt, endAt - namesAt)
  const check = [start, text, numbers, keys, blob].reduce((sum, part) => crc32(part, sum), 0)
  if (readPart(fd, endAt, CHECK_BYTES).readUInt32LE() !== check) return undefined
  const names = head.rows === 0 ? [] : blob.toString().split(BETWEEN)
  if (names.length !== head.rows) return undefined
  return { ...head, names, numbers: new Float64Array(numbers.buffer, numbers.byteOffset, head.rows * COLUMNS), keys }
}

// Of an index that is not whole it may be anything.
function readHead(text: string): Head | undefined {
  try {
    return JSON.parse(text) as Head
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    return undefined
  }
}

function readPart(fd: number, from: number, length: number): Buffer {
  const part = Buffer.allocUnsafeSlow(length)
  let done = 0
  for (let read = -1; read !== 0 && done < length; done += read) {
    read = readSync(fd, part, done, length - done, from + done)
  }
  return part.subarray(0, done)
}

function viewOf(numbers: Float64Array | Uint8Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}

const MAGIC = 'slsindex'
const START_BYTES = MAGIC.length + 4
const CHECK_BYTES = 4
const NUMBER_BYTES = 8
const BETWEEN = '\0\0'
const NAMES_AT_ONCE = 1000
