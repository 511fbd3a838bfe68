import { createWriteStream } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { error, isSlsError, SlsError } from '@anyfaas/kit'
import { type Entry, openPromise, type ZipFile } from 'yauzl'

const LANES = 8

/** Unpacks a zip into an existing folder, exec bits kept. Throws SLS7002 for what is no zip or reaches out of the folder. */
export async function unpack(path: string, folder: string): Promise<void> {
  const zip = await openPromise(path, { autoClose: false }).catch(notUnpacked)
  try {
    const entries: Entry[] = []
    for await (const entry of zip.eachEntry()) entries.push(entry)
    const next = entries[Symbol.iterator]()
    await Promise.all(Array.from({ length: LANES }, () => takeEntries(zip, next, folder)))
  } catch (failure) {
    notUnpacked(failure)
  } finally {
    zip.close()
  }
}

function notUnpacked(failure: unknown): never {
  throw isSlsError(failure) ? failure : refusal(`the artifact cannot be unpacked: ${(failure as Error).message}`)
}

// All lanes share one iterator.
async function takeEntries(zip: ZipFile, entries: IterableIterator<Entry>, folder: string): Promise<void> {
  for (const entry of entries) await write(zip, entry, folder)
}

const TYPE_BITS = 0o170000
const SYMLINK = 0o120000

// The reader has refused absolute names and names with `..` already.
async function write(zip: ZipFile, entry: Entry, folder: string): Promise<void> {
  const target = join(folder, entry.fileName)
  if (entry.fileName.endsWith('/')) return void (await mkdir(target, { recursive: true }))
  await mkdir(dirname(target), { recursive: true })
  const mode = entry.externalFileAttributes >>> 16
  const stream = await zip.openReadStreamPromise(entry)
  if ((mode & TYPE_BITS) === SYMLINK) return await link(await text(stream), target, folder)
  await pipeline(stream, createWriteStream(target, { mode: mode & 0o111 ? 0o755 : 0o644 }))
}

async function link(to: string, target: string, folder: string): Promise<void> {
  const reached = relative(folder, resolve(dirname(target), to))
  if (reached === '..' || reached.startsWith(`..${sep}`)) {
    throw refusal(`the artifact's link "${relative(folder, target)}" leads out of it`)
  }
  await symlink(to, target)
}

function refusal(message: string): SlsError {
  return new SlsError(error('SLS7002', message))
}
