import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { error, SlsError } from '@anyfaas/kit'

/** A regular file, with the size that it had when the tree was read. */
export interface FileSource {
  readonly path: string
  readonly size: number
}

const CHUNK_BYTES = 1 << 20

// A pipe that took the file's place would block an ordinary open for ever.
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** The whole file. SLS4004, naming the entry, when it cannot be read or is not what it was. */
export function readWhole(source: FileSource, name: string): Buffer {
  return told(name, () => {
    const fd = openSync(source.path, FLAGS)
    try {
      if (!fstatSync(fd).isFile()) throw changed(name)
      // One byte more than expected, so that a file that grows is noticed.
      const bytes = Buffer.allocUnsafe(source.size + 1)
      let length = 0
      for (let read = -1; read !== 0 && length < bytes.length; length += read) {
        read = readSync(fd, bytes, length, bytes.length - length, null)
      }
      if (length !== source.size) throw changed(name)
      return bytes.subarray(0, length)
    } finally {
      closeSync(fd)
    }
  })
}

/** At most so many bytes of the file's beginning. Errors as `readWhole`. */
export function readHead(source: FileSource, name: string, maxBytes: number): Buffer {
  return told(name, () => {
    const fd = openSync(source.path, FLAGS)
    try {
      const bytes = Buffer.alloc(Math.min(source.size, maxBytes))
      return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0))
    } finally {
      closeSync(fd)
    }
  })
}

/** The file in pieces, for what is too large to hold. Errors as `readWhole`. */
export async function* readChunks(source: FileSource, name: string): AsyncGenerator<Buffer> {
  let length = 0
  try {
    const file = await open(source.path, FLAGS)
    try {
      if (!(await file.stat()).isFile()) throw changed(name)
      for await (const chunk of file.createReadStream({ highWaterMark: CHUNK_BYTES, autoClose: false })) {
        length += (chunk as Buffer).length
        yield chunk as Buffer
      }
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw unreadable(name, cause)
  }
  if (length !== source.size) throw changed(name)
}

function told<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw unreadable(name, cause)
  }
}

function changed(name: string): SlsError {
  return new SlsError(error('SLS4004', `"${name}" changed while it was packaged`, { help: ['run the command again'] }))
}

function unreadable(name: string, cause: unknown): unknown {
  if (cause instanceof SlsError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new SlsError(error('SLS4004', `"${name}" cannot be read: ${reason}`), { cause })
}
