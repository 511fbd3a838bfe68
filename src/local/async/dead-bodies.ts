import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf } from '../sources/digest.ts'

/**
 * The bodies of calls that were given up, in a file each: there may be any number of them, and hardly anybody ever wants one back. Asked for one
 * thing after the other.
 */
export class DeadBodies {
  readonly #folder: string
  /** File names. */
  readonly #kept = new Set<string>()
  readonly #unsynced = new Set<string>()

  constructor(folder: string) {
    this.#folder = folder
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    for (const name of await readdir(this.#folder)) this.#kept.add(name)
  }

  has(id: string): boolean {
    return this.#kept.has(nameOf(id))
  }

  async put(id: string, body: string): Promise<void> {
    const name = nameOf(id)
    await writeFile(join(this.#folder, name), body, { mode: 0o600 })
    this.#kept.add(name)
    this.#unsynced.add(name)
  }

  /** Empty when the call had none. */
  async read(id: string): Promise<string> {
    return this.has(id) ? await readFile(join(this.#folder, nameOf(id)), 'utf8') : ''
  }

  async drop(id: string): Promise<void> {
    await this.#drop(nameOf(id))
  }

  /** Drops what is of no such call. */
  async prune(ids: Iterable<string>): Promise<void> {
    const names = new Set([...ids].map(nameOf))
    for (const name of [...this.#kept]) if (!names.has(name)) await this.#drop(name)
  }

  /** Whether a crash can undo nothing of what was put. */
  get isSynced(): boolean {
    return this.#unsynced.size === 0
  }

  /** For what was put until then. */
  async sync(): Promise<void> {
    for (const name of [...this.#unsynced]) {
      await syncFile(join(this.#folder, name))
      this.#unsynced.delete(name)
    }
    await syncFile(this.#folder)
  }

  async #drop(name: string): Promise<void> {
    this.#kept.delete(name)
    this.#unsynced.delete(name)
    await rm(join(this.#folder, name), { force: true })
  }
}

// Ids are anybody's words.
function nameOf(id: string): string {
  return digestOf(id, 64)
}

// One that is dropped meanwhile needs none.
async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r').catch((failure: NodeJS.ErrnoException) => {
    if (failure.code !== 'ENOENT') throw failure
  })
  await file?.sync().finally(() => file.close())
}
