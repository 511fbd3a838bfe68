import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { copyFile, mkdir, open, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { error, SlsError } from '@anyfaas/kit'
import type { Zipped } from './zip.ts'

/** A zip that `package.artifact` names: it is used as it is. Undefined when it is not there. SLS4005 when it is no zip. */
export async function existingZip(path: string): Promise<Zipped | undefined> {
  if (!existsSync(path)) return undefined
  const info = await stat(path)
  const tail = info.isFile() ? await readTail(path, info.size) : undefined
  const end = tail?.lastIndexOf(END_OF_DIRECTORY) ?? -1
  if (tail === undefined || end < 0 || tail.length < end + END_BYTES || !(await beginsAsZip(path))) {
    throw new SlsError(
      error('SLS4005', `"${path}" is not a zip`, {
        pointer: '/package/artifact',
        help: ['name a zip to use it as it is, or a file that is not there yet to have it written'],
      }),
    )
  }
  return { digest: `sha256:${await sha256(path)}`, bytes: info.size }
}

/** Puts a zip that is used as it is beside the spec that names it, whole or not at all. */
export async function placeZip(from: string, to: string): Promise<void> {
  if (from === to) return
  await mkdir(dirname(to), { recursive: true })
  const draft = `${to}.${process.pid}.tmp`
  await copyFile(from, draft)
  await rename(draft, to)
}

const END_OF_DIRECTORY = Buffer.from('PK\x05\x06', 'latin1')
const END_BYTES = 22
const MAX_COMMENT_BYTES = 0xffff

async function readTail(path: string, size: number): Promise<Buffer> {
  return readAt(path, Math.max(0, size - END_BYTES - MAX_COMMENT_BYTES), Math.min(size, END_BYTES + MAX_COMMENT_BYTES))
}

// An empty zip has only its end.
async function beginsAsZip(path: string): Promise<boolean> {
  const head = (await readAt(path, 0, 4)).toString('latin1')
  return head === 'PK\x03\x04' || head === 'PK\x05\x06'
}

async function readAt(path: string, position: number, length: number): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
