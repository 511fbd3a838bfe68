import { KEY_BYTES } from '../cache/index-file.ts'
import type { FileState } from '../files/file-source.ts'
import type { PieceResult, PieceTask, Scanned } from './piece-work.ts'

/** What a worker is started with. */
export interface WorkerSetup {
  readonly packPath: string
  /** Keys of contents that need no work, joined. */
  readonly known: Uint8Array
}

/** Tasks or results in columns: an object a file would cost more to send than a small file to compress. */
export interface TaskBatch {
  readonly id: number
  readonly paths: readonly string[]
  readonly numbers: Float64Array
}

export interface ResultBatch {
  readonly id: number
  readonly numbers: Float64Array
  readonly keys: Uint8Array
  /** Of what could not be read, in order. */
  readonly reasons: readonly string[]
}

export interface FileTask extends PieceTask {
  readonly source: FileState
}

export function encodeTasks(id: number, tasks: readonly FileTask[]): TaskBatch {
  const numbers = new Float64Array(tasks.length * TASK_COLUMNS)
  let at = 0
  for (const { source, start, length, isLast, scan } of tasks) {
    numbers[at++] = source.size
    numbers[at++] = source.mtimeMs
    numbers[at++] = source.ctimeMs
    numbers[at++] = source.ino
    numbers[at++] = start
    numbers[at++] = length
    numbers[at++] = Number(isLast)
    numbers[at++] = Number(scan)
  }
  return { id, paths: tasks.map(({ source }) => source.path), numbers }
}

export function decodeTasks({ paths, numbers }: TaskBatch): FileTask[] {
  return paths.map((path, at) => {
    const number = (column: number): number => numbers[at * TASK_COLUMNS + column] ?? 0
    const source = { path, size: number(0), mtimeMs: number(1), ctimeMs: number(2), ino: number(3) }
    return { source, start: number(4), length: number(5), isLast: number(6) === 1, scan: number(7) === 1 }
  })
}

export function encodeResults(id: number, results: readonly PieceResult[]): ResultBatch {
  const numbers = new Float64Array(results.length * RESULT_COLUMNS)
  const keys = Buffer.alloc(results.length * KEY_BYTES)
  const reasons: string[] = []
  for (const [at, result] of results.entries()) {
    numbers.set(numbersOf(result), at * RESULT_COLUMNS)
    if (result.kind === 'packed') keys.write(result.piece.key, at * KEY_BYTES, 'latin1')
    else if (result.kind === 'known') keys.write(result.key, at * KEY_BYTES, 'latin1')
    else if (result.kind === 'unreadable') reasons.push(result.reason)
  }
  return { id, numbers, keys, reasons }
}

export function decodeResults({ numbers, keys, reasons }: ResultBatch): PieceResult[] {
  const text = Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength)
  const left = [...reasons]
  return Array.from({ length: numbers.length / RESULT_COLUMNS }, (_, at): PieceResult => {
    const number = (column: number): number => numbers[at * RESULT_COLUMNS + column] ?? 0
    const kind = KINDS[number(0)]
    const key = text.toString('latin1', at * KEY_BYTES, (at + 1) * KEY_BYTES)
    const scanned = SCANNED[number(1)] ?? 'no'
    if (kind === 'known') return { kind, key, scanned }
    if (kind === 'changed') return { kind }
    if (kind !== 'packed') return { kind: 'unreadable', reason: left.shift() ?? '' }
    const [bytes, crc, offset, packedBytes, packedCrc] = [number(2), number(3), number(5), number(6), number(7)]
    const method = METHODS[number(4)] ?? 'store'
    return { kind, piece: { key, scanned, method, bytes, crc, offset, packedBytes, packedCrc } }
  })
}

const TASK_COLUMNS = 8
const RESULT_COLUMNS = 8
const KINDS = ['packed', 'known', 'changed', 'unreadable'] as const satisfies readonly PieceResult['kind'][]
const METHODS = ['store', 'deflate'] as const
const SCANNED = ['no', 'clean', 'key'] as const satisfies readonly Scanned[]

function numbersOf(result: PieceResult): number[] {
  const kind = KINDS.indexOf(result.kind)
  if (result.kind === 'known') return [kind, SCANNED.indexOf(result.scanned)]
  if (result.kind !== 'packed') return [kind]
  const { scanned, bytes, crc, method, offset, packedBytes, packedCrc } = result.piece
  return [kind, SCANNED.indexOf(scanned), bytes, crc, METHODS.indexOf(method), offset, packedBytes, packedCrc]
}
