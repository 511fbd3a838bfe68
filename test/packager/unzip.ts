import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { openPromise } from 'yauzl'

export interface Unzipped {
  readonly bytes: Buffer
  /** File type and permission bits. */
  readonly mode: number
}

/** Reads a zip by somebody else's code, which checks crc, sizes and names. */
export async function readZip(path: string): Promise<Map<string, Unzipped>> {
  const found = new Map<string, Unzipped>()
  const zip = await openPromise(path)
  for await (const entry of zip.eachEntry()) {
    const bytes = await buffer(await zip.openReadStreamPromise(entry))
    found.set(entry.fileName, { bytes, mode: entry.externalFileAttributes >>> 16 })
  }
  return found
}

export async function unpack(path: string, folder: string): Promise<string> {
  for (const [name, { bytes, mode }] of await readZip(path)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
    chmodSync(join(folder, name), mode & 0o777)
  }
  return folder
}
