import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { error, SlsError } from '@anyfaas/kit'
import { reasonOf } from './system-error.ts'

/** A regular file, with the size that it had when the tree was read. */
export interface FileSource {
  readonly path: string
  readonly size: number
}

/** What tells that a file is still the one that the tree had. */
export interface FileState extends FileSource {
  readonly mtimeMs: number
  readonly ctimeMs: number
  readonly ino: number
}

// A pipe that took the file's place would block an ordinary open for ever.
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

export function stateOf(path: string, { size, mtimeMs, ctimeMs, ino }: Stats): FileState {
  return { path, size, mtimeMs, ctimeMs, ino }
}

/** True when nobody can tell whether the file has changed since: a change in the same tick bears the same time. */
export function isRacy({ mtimeMs, ctimeMs }: FileState, readAtMs: number): boolean {
  const newest = Math.max(mtimeMs, ctimeMs)
  // Some filesystems count whole seconds, and FAT every other one.
  const tickMs = newest % 1000 === 0 ? 2000 : 20
  return newest >= readAtMs - tickMs
}

/**
 * Reads `length` bytes from `start` into `target`. Undefined when the file is not the one that the tree had: another
 * size, time or place on the disk, or no file at all. Throws the system's error when it cannot be read.
 */
export function readPart(source: FileState, start: number, target: Uint8Array): Uint8Array | undefined {
  const fd = openSync(source.path, FLAGS)
  try {
    let length = 0
    for (let read = -1; read !== 0 && length < target.length; length += read) {
      read = readSync(fd, target, length, target.length - length, start + length)
    }
    // After reading, so that a change meanwhile is seen.
    return isSame(fstatSync(fd), source) && length === target.length ? target : undefined
  } finally {
    closeSync(fd)
  }
}

/** At most so many bytes of the file's beginning. SLS4004, naming the entry, when it cannot be read. */
export function readHead(source: FileSource, name: string, maxBytes: number): Buffer {
  try {
    const fd = openSync(source.path, FLAGS)
    try {
      const bytes = Buffer.alloc(Math.min(source.size, maxBytes))
      return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0))
    } finally {
      closeSync(fd)
    }
  } catch (cause) {
    throw unreadable(name, cause)
  }
}

/** The file in pieces, for what is too large to hold. SLS4004, naming the entry, when it cannot be read or has another size. */
export async function* readChunks(source: FileSource, name: string): AsyncGenerator<Buffer> {
  let length = 0
  try {
    const file = await open(source.path, FLAGS)
    try {
      for await (const chunk of file.createReadStream({ highWaterMark: CHUNK_BYTES, autoClose: false })) {
        length += (chunk as Buffer).length
        yield chunk as Buffer
      }
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw cause instanceof SlsError ? cause : unreadable(name, cause)
  }
  if (length === source.size) return
  const help = ['run the command again']
  throw new SlsError(error('SLS4004', `"${name}" changed while it was packaged`, { help }))
}

const CHUNK_BYTES = 1 << 20

function unreadable(name: string, cause: unknown): SlsError {
  return new SlsError(error('SLS4004', `"${name}" cannot be read: ${reasonOf(cause)}`), { cause })
}

function isSame(stats: Stats, { size, mtimeMs, ctimeMs, ino }: FileState): boolean {
  return (
    stats.isFile() && stats.size === size && stats.mtimeMs === mtimeMs && stats.ctimeMs === ctimeMs && stats.ino === ino
  )
}
