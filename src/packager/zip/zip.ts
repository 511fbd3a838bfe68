import { crc32 } from 'node:zlib'
import { error, SlsError } from '@anyfaas/kit'
import type { PackReader } from '../cache/pack-reader.ts'
import type { StoredPiece } from '../cache/piece-table.ts'
import { FileSink, type FileStart } from '../files/file-sink.ts'
import { type DirectoryStart, ZipDirectory } from './zip-directory.ts'
import { endRecords, MAX_HEADER_BYTES, writeLocalHeader, type ZipRecord } from './zip-format.ts'

/** An entry whose content is compressed already. */
export interface StoredEntry {
  /** Relative, with `/` between the parts. Unique among the entries. */
  readonly name: string
  readonly executable: boolean
  /** At least one. */
  readonly pieces: readonly StoredPiece[]
}

export interface Zipped {
  readonly digest: `sha256:${string}`
  readonly bytes: number
}

/** What a zip has of some of its entries. */
export interface ZipPart {
  readonly entries: number
  readonly bytes: number
  /** CRC-32 of these bytes. */
  readonly check: number
  /** In the directory at the end. */
  readonly directoryBytes: number
  readonly directoryCheck: number
}

/** A part of another zip, to be copied: neither here nor there beyond what 4 bytes can say. */
export interface ZipStretch extends ZipPart {
  readonly source: PackReader
  readonly at: number
  readonly directoryAt: number
}

/** Entries one by one, of which none is kept; a promise among them says that the next one is not ready before. */
export type ZipBlock = Iterable<StoredEntry | Promise<void>> | ZipStretch

/** What a zip begins with; another one may begin with it as well. */
export interface ZipStart {
  readonly parts: readonly ZipPart[]
  readonly file: FileStart
  readonly directory: DirectoryStart
}

/** A zip that is written and stands beside its place: `sink.place()` or `sink.discard()`. */
export interface ZipDraft extends Zipped {
  readonly path: string
  readonly sink: FileSink
  /** A block each. */
  readonly parts: readonly ZipPart[]
  readonly start?: ZipStart
}

export interface DraftOptions {
  readonly signal?: AbortSignal
  /** What stands before the blocks. */
  readonly after?: ZipStart
  /** After so many blocks, those of `after` among them, `start` is taken. */
  readonly startParts?: number
}

/**
 * Writes a zip whose bytes depend on names, contents and exec bits alone. The blocks and their entries come in order. Gives the pack, or the source of
 * a stretch, that turned out to be damaged instead, if one did. SLS4005 when the file cannot be written, SLS5002 when `signal` aborts;
 * nothing is left behind then.
 */
export async function draftZip(
  path: string,
  blocks: Iterable<ZipBlock>,
  { signal, after, startParts }: DraftOptions = {},
): Promise<ZipDraft | { readonly damaged: PackReader }> {
  const sink = await FileSink.open(path, after?.file)
  try {
    const directory = new ZipDirectory(after?.directory)
    const parts = [...(after?.parts ?? [])]
    sink.takeCheck()
    const startHere = () => ({ parts: [...parts], file: sink.start(), directory: directory.start() })
    let start = parts.length === startParts ? startHere() : undefined
    for (const block of blocks) {
      const part = await writePart(block, { path, sink, directory, signal })
      if ('damaged' in part) {
        await sink.discard()
        return part
      }
      parts.push(part)
      if (parts.length === startParts) start = startHere()
    }
    const offset = sink.bytes
    for (const block of directory.blocks()) await sink.write(block)
    await sink.write(endRecords({ entries: directory.entries, bytes: directory.bytes, offset }))
    return { ...(await sink.end()), path, sink, parts, ...(start && { start }) }
  } catch (failure) {
    await sink.discard()
    throw failure
  }
}

/** By the bytes of the names: it is the same everywhere, and it is not what sort() does with UTF-16. */
export function sortByName<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  // Without surrogates, both orders are the same.
  if (!entries.some(({ name }) => /[\ud800-\uffff]/.test(name)))
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
}

interface Out {
  readonly path: string
  readonly sink: FileSink
  readonly directory: ZipDirectory
  readonly signal: AbortSignal | undefined
}

async function writePart(block: ZipBlock, out: Out): Promise<ZipPart | { readonly damaged: PackReader }> {
  const { sink, directory } = out
  const [entries, bytes, directoryBytes] = [directory.entries, sink.bytes, directory.bytes]
  const damaged = await ('source' in block ? copyStretch(block, out) : writeEntries(block, out))
  if (damaged) return { damaged }
  const part = {
    entries: directory.entries - entries,
    bytes: sink.bytes - bytes,
    check: sink.takeCheck(),
    directoryBytes: directory.bytes - directoryBytes,
    directoryCheck: directory.takeCheck(),
  }
  return 'source' in block && block.check !== part.check ? { damaged: block.source } : part
}

async function writeEntries(
  entries: Iterable<StoredEntry | Promise<void>>,
  { path, sink, directory, signal }: Out,
): Promise<PackReader | undefined> {
  for (const entry of entries) {
    if (signal?.aborted) throw new SlsError(error('SLS5002', `interrupted while writing "${path}"`))
    if (entry instanceof Promise) {
      await entry
      continue
    }
    const record = recordOf(entry)
    directory.add(record, sink.bytes)
    if (!sink.fits(record.nameBytes + MAX_HEADER_BYTES)) await sink.flush()
    sink.fill((out, start) => writeLocalHeader(record, out, start))
    for (const piece of entry.pieces) {
      const data = readPiece(piece)
      if (!data) return piece.pack
      // Not `write`: to wait for nothing takes longer than all else that a small file needs.
      for (let at = sink.put(data); at < data.length; at += sink.put(data.subarray(at))) await sink.flush()
    }
  }
  return undefined
}

const COPY_BYTES = 1 << 16

// What it copied of the data is checked by who called it.
async function copyStretch(stretch: ZipStretch, { sink, directory }: Out): Promise<PackReader | undefined> {
  const { source, at, bytes, directoryAt, directoryBytes, directoryCheck, entries } = stretch
  const by = sink.bytes - at
  const records = Buffer.from(source.read(directoryAt, directoryBytes))
  if (records.length !== directoryBytes || crc32(records) !== directoryCheck) return source
  for (let done = 0; done < bytes; ) {
    const data = source.read(at + done, Math.min(COPY_BYTES, bytes - done))
    if (data.length === 0) return source
    await sink.write(data)
    done += data.length
  }
  directory.move(entries, records, by)
  return undefined
}

function readPiece({ pack, offset, packedBytes, packedCrc }: StoredPiece): Buffer | undefined {
  const data = pack.read(offset, packedBytes)
  return data.length === packedBytes && (pack.isFresh || crc32(data) === packedCrc) ? data : undefined
}

function recordOf({ name, executable, pieces }: StoredEntry): ZipRecord {
  const nameBytes = Buffer.byteLength(name)
  const [first] = pieces
  if (!first) throw new Error(`no content for "${name}"`)
  const { method, crc, packedBytes, bytes } = first
  if (pieces.length === 1) return { name, nameBytes, executable, method, crc, packedBytes, bytes }
  return {
    ...{ name, nameBytes, executable, method },
    crc: pieces.reduce((before, piece) => joinCrc(before, piece), 0),
    packedBytes: pieces.reduce((sum, piece) => sum + piece.packedBytes, 0),
    bytes: pieces.reduce((sum, piece) => sum + piece.bytes, 0),
  }
}

// A CRC is linear: what comes after changes it as that many zeros would, and by its own CRC over them.
function joinCrc(before: number, { crc, bytes }: StoredPiece): number {
  const zeros = Buffer.alloc(bytes)
  return (crc32(zeros, before) ^ crc32(zeros) ^ crc) >>> 0
}
