import { type FSWatcher, watch } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { FolderSourceSpec } from '../spec.ts'
import { type Change, changesOf } from './folder-changes.ts'
import { type Listing, listFolder, stateOf } from './folder-listing.ts'
import { FolderMemory } from './folder-memory.ts'
import { heldForWriting } from './open-files.ts'
import type { Source, SourceContext } from './source.ts'

/** How long a file has to be as it is. Only Linux tells who holds it open; elsewhere a writer's pause may be longer. */
const SETTLE_MS = process.platform === 'linux' ? 200 : 2000
/** For file systems that tell nothing by themselves, such as those of a network. */
const LOOK_MS = 5000

/** Watches a folder and tells of files that were put into it, changed or removed, also while nobody watched. */
export class FolderSource implements Source {
  readonly #spec: FolderSourceSpec
  readonly #context: SourceContext
  readonly #folder: string
  readonly #memory: FolderMemory
  readonly #watchers = new Map<string, FSWatcher>()
  #timer: NodeJS.Timeout | undefined
  #dueAt = 0
  #looking: Promise<void> | undefined
  #isStopped = false
  #complaint = ''

  constructor(spec: FolderSourceSpec, context: SourceContext) {
    this.#spec = spec
    this.#context = context
    this.#memory = new FolderMemory(context.memory)
    const folder = spec.folder ?? spec.bucket
    this.#folder = isAbsolute(folder) ? folder : join(context.buckets, folder)
  }

  /** What lies there at the very first start is known already: nobody is told of it. */
  async open(): Promise<this> {
    if (this.#folder.startsWith(this.#context.buckets)) await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    if (!(await this.#memory.open())) await this.#memory.begin((await listFolder(this.#folder)).files)
    this.#context.tell(`watches ${this.#folder}`)
    this.#lookIn(0)
    return this
  }

  async stop({ forget }: { readonly forget: boolean }): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    for (const watcher of this.#watchers.values()) watcher.close()
    await this.#looking
    await this.#memory.close({ forget })
  }

  // The sooner of two looks is that of both.
  #lookIn(ms: number): void {
    const dueAt = Date.now() + ms
    if (this.#isStopped || (this.#timer && this.#dueAt <= dueAt)) return
    clearTimeout(this.#timer)
    this.#dueAt = dueAt
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#looking) return this.#lookIn(SETTLE_MS)
      this.#looking = this.#look().finally(() => {
        this.#looking = undefined
      })
    }, ms)
  }

  async #look(): Promise<void> {
    let nextMs = LOOK_MS
    try {
      const listing = await listFolder(this.#folder)
      this.#watchAll(listing)
      if (await this.#tell(listing)) nextMs = SETTLE_MS
      this.#complaint = ''
    } catch (failure) {
      // A folder that cannot be read has lost no files: nothing is told of them.
      this.#complain(failure as Error)
    }
    this.#lookIn(nextMs)
  }

  /** True when there is something that is not finished yet. */
  async #tell(listing: Listing): Promise<boolean> {
    const changes = changesOf(this.#memory.files, listing.files, this.#spec.filter)
    const ready = await this.#finished(changes)
    await Promise.all(
      ready.map(async (change) => {
        const { key, kind, file } = change
        if (this.#spec.events.includes(kind))
          await this.#context.take(change.happening(this.#spec.bucket, this.#context))
        await this.#memory.remember(key, file)
      }),
    )
    await this.#memory.tidy()
    return ready.length < changes.length
  }

  async #finished(changes: readonly Change[]): Promise<Change[]> {
    const settled = changes.filter(({ file }) => !file || Date.now() - file.changedMs >= SETTLE_MS)
    if (settled.every(({ file }) => !file)) return settled
    const held = await heldForWriting()
    const isFinished = await Promise.all(
      settled.map(async ({ key, file }) => {
        if (!file) return true
        // Whoever closed it a moment ago may have written after it was listed.
        const now = await stateOf(join(this.#folder, key))
        return now?.changedMs === file.changedMs && !held.has(`${file.device}:${file.inode}`)
      }),
    )
    return settled.filter((_, index) => isFinished[index])
  }

  #watchAll({ folders }: Listing): void {
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      this.#watchers.delete(folder)
    }
    for (const folder of folders) {
      if (this.#watchers.has(folder) || this.#isStopped) continue
      try {
        const watcher = watch(folder, () => this.#lookIn(SETTLE_MS))
        watcher.on('error', () => this.#watchers.delete(folder))
        this.#watchers.set(folder, watcher)
      } catch (failure) {
        // It is looked at from time to time anyway.
        this.#complain(failure as Error)
      }
    }
  }

  #complain({ message }: Error): void {
    if (message !== this.#complaint) this.#context.tell(`cannot watch ${this.#folder}: ${message}`)
    this.#complaint = message
  }
}
