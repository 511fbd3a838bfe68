import { crc32 } from 'node:zlib'
import { error, SlsError } from '@anyfaas/kit'
import { Header } from 'tar/header'
import { Pax } from 'tar/pax'
import { contentDate } from '../content-date.ts'
import { type FileSource, type FileState, readChunks, readPart } from '../files/file-source.ts'

export interface TarEntry {
  /** Relative, with `/` between the parts; a folder's ends with one. */
  readonly name: string
  readonly executable: boolean
  readonly source: { readonly bytes: Uint8Array } | FileSource | FileState
}

/**
 * A tar whose bytes depend on names, contents and exec bits alone: by name order, with the folders that the names are in, which are of
 * 1970, everything owned by root, a file's date by its content as in a zip. Errors as `readChunks`.
 */
export async function* tarBytes(entries: readonly TarEntry[]): AsyncGenerator<Uint8Array> {
  const files = entries.map((entry) => ({ name: Buffer.from(entry.name), entry }))
  const seen = new Set<string>()
  for (const { entry } of files.sort((a, b) => Buffer.compare(a.name, b.name))) {
    for (const folder of foldersOf(entry.name)) {
      if (seen.has(folder)) continue
      seen.add(folder)
      yield header(folder, { size: 0, mode: 0o755, type: 'Directory', mtime: new Date(0) })
    }
    const size = 'bytes' in entry.source ? entry.source.bytes.length : entry.source.size
    const mode = entry.executable ? 0o755 : 0o644
    const whole = wholeOf(entry.source)
    const crc = whole ? crc32(whole) : await crcOf(entry.source as FileSource, entry.name)
    yield header(entry.name, { size, mode, type: 'File', mtime: dateOf(crc) })
    if (whole) yield whole
    else yield* readAgain(entry.source as FileSource, entry.name, crc)
    yield Buffer.alloc(-size & (BLOCK - 1))
  }
  yield Buffer.alloc(2 * BLOCK)
}

const BLOCK = 512
// Below it, a stream costs more than the file.
const WHOLE_BYTES = 1 << 20
const MAX_NAME_BYTES = 100

function wholeOf(source: TarEntry['source']): Uint8Array | undefined {
  if ('bytes' in source) return source.bytes
  if (!('ino' in source) || source.size > WHOLE_BYTES) return undefined
  try {
    return readPart(source, 0, Buffer.allocUnsafe(source.size))
  } catch {
    // Read in pieces it fails again, and is told with its name.
    return undefined
  }
}

// The date stands before the content. A large file is read twice: to keep it would cost more memory than the whole layer.
async function crcOf(source: FileSource, name: string): Promise<number> {
  let crc = 0
  for await (const chunk of readChunks(source, name)) crc = crc32(chunk, crc)
  return crc
}

async function* readAgain(source: FileSource, name: string, crc: number): AsyncGenerator<Uint8Array> {
  let now = 0
  for await (const chunk of readChunks(source, name)) {
    now = crc32(chunk, now)
    yield chunk
  }
  if (now === crc) return
  throw new SlsError(error('SLS4004', `"${name}" changed while it was packaged`, { help: ['run the command again'] }))
}

function dateOf(crc: number): Date {
  const { year, month, day, hour, minute, second } = contentDate(crc)
  return new Date(Date.UTC(year, month, day, hour, minute, second))
}

interface Kind {
  readonly size: number
  readonly mode: number
  readonly type: 'File' | 'Directory'
  readonly mtime: Date
}

// What the short header has no room for stands in a record before it. A short name is never split into two fields: the
// library does that by the rules of the machine's file system.
function header(path: string, kind: Kind): Buffer {
  const isLong = Buffer.byteLength(path) >= MAX_NAME_BYTES
  const standIn = path.replace(/[^\x20-\x7e]/g, '_').slice(0, MAX_NAME_BYTES - 1)
  const made = new Header({ path: isLong ? standIn : path, uid: 0, gid: 0, ...kind })
  const needsPax = made.encode() || isLong
  return needsPax ? Buffer.concat([new Pax({ path, size: kind.size }).encode(), blockOf(made)]) : blockOf(made)
}

function blockOf({ block }: Header): Buffer {
  if (!block) throw new Error('a header without its block')
  return block
}

function foldersOf(name: string): string[] {
  const parts = name.split('/').slice(0, -1)
  return parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/`)
}
