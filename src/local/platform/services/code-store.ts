import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream, renameSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { error, SlsError } from '@anyfaas/kit'

/** Where the code of functions lies, by its digest. */
export type CodeFolders = Pick<CodeStore, 'folder' | 'has' | 'keep' | 'release'>

/** Unpacked artifacts by their digest. A folder is there whole or not at all. */
export class CodeStore {
  readonly #root: string
  readonly #uses = new Map<string, number>()

  constructor(root: string) {
    this.#root = root
  }

  folder(digest: string): string {
    return join(this.#root, digest.replace(':', '-'))
  }

  async has(digest: string): Promise<boolean> {
    return await stat(this.folder(digest)).then(
      () => true,
      () => false,
    )
  }

  /** Takes a zip. Throws SLS7002 when its bytes are not those that the digest names. */
  async put(digest: string, zip: Readable): Promise<void> {
    const draft = join(this.#root, `.${randomUUID()}`)
    await mkdir(join(draft, 'code'), { recursive: true, mode: 0o700 })
    try {
      const { unpack } = await import('./unpack.ts')
      await receive(zip, join(draft, 'artifact.zip'), digest)
      await unpack(join(draft, 'artifact.zip'), join(draft, 'code'))
      await rename(join(draft, 'code'), this.folder(digest)).catch(async (cause) => {
        // Somebody else brought the same.
        if (!(await this.has(digest))) throw cause
      })
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
  }

  /** Keeps a folder for a user of it, who gives it back with `release`. */
  keep(digest: string): void {
    this.#uses.set(digest, (this.#uses.get(digest) ?? 0) + 1)
  }

  /** The last user's release removes the folder. */
  async release(digest: string): Promise<void> {
    const uses = (this.#uses.get(digest) ?? 1) - 1
    if (uses > 0) return void this.#uses.set(digest, uses)
    this.#uses.delete(digest)
    const waste = join(this.#root, `.${randomUUID()}`)
    // At once: who keeps it from now on has to see that it is gone.
    if (moveAway(this.folder(digest), waste)) await rm(waste, { recursive: true, force: true })
  }

  /** Removes what nobody keeps: from drafts that were cut off, and from uploads that were never deployed. */
  async prune(): Promise<void> {
    const kept = new Set([...this.#uses.keys()].map((digest) => this.folder(digest)))
    const names = (await readdir(this.#root)).filter((name) => OURS.test(name))
    const unused = names.map((name) => join(this.#root, name)).filter((folder) => !kept.has(folder))
    await Promise.all(unused.map((folder) => rm(folder, { recursive: true, force: true })))
  }
}

// A folder in the open may hold what somebody else put there.
const OURS = /^(sha256-[0-9a-f]{64}|\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

async function receive(zip: Readable, path: string, digest: string): Promise<void> {
  const hash = createHash('sha256')
  await pipeline(
    zip,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        yield chunk
      }
    },
    createWriteStream(path),
  )
  const found = `sha256:${hash.digest('hex')}`
  if (found !== digest) throw new SlsError(error('SLS7002', `the artifact is ${found}, not ${digest}`))
}

function moveAway(folder: string, to: string): boolean {
  try {
    renameSync(folder, to)
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw cause
  }
}
