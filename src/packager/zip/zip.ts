import { crc32 } from 'node:zlib'
import { error, SlsError } from '@anyfaas/kit'
import type { PackReader } from '../cache/pack-reader.ts'
import type { StoredPiece } from '../cache/piece-table.ts'
import { FileSink } from '../files/file-sink.ts'
import { ZipDirectory } from './zip-directory.ts'
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

/** A zip that is written and stands beside its place: `sink.place()` or `sink.discard()`. */
export interface ZipDraft extends Zipped {
  readonly path: string
  readonly sink: FileSink
}

/**
 * Writes a zip whose bytes depend on names, contents and exec bits alone. The entries come in order. Gives the pack
 * that turned out to be damaged instead, if one did. Entries are taken one by one and none is kept; a promise among them
 * says that the next one is not ready before. SLS4005 when the file cannot be written, SLS5002 when `signal` aborts;
 * nothing is left behind then.
 */
export async function draftZip(
  path: string,
  entries: Iterable<StoredEntry | Promise<void>>,
  signal?: AbortSignal,
): Promise<ZipDraft | { readonly damaged: PackReader }> {
  const sink = await FileSink.open(path)
  try {
    const directory = new ZipDirectory()
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
        if (!data) {
          await sink.discard()
          return { damaged: piece.pack }
        }
        // Not `write`: to wait for nothing takes longer than all else that a small file needs.
        for (let at = sink.put(data); at < data.length; at += sink.put(data.subarray(at))) await sink.flush()
      }
    }
    const offset = sink.bytes
    for (const block of directory.blocks()) await sink.write(block)
    await sink.write(endRecords({ entries: directory.entries, bytes: directory.bytes, offset }))
    return { ...(await sink.end()), path, sink }
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
