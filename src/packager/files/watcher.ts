import { type FSWatcher, watch } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'

export interface WatchOptions {
  readonly folder: string
  /** Told the absolute paths of what was written, made or removed, those of a moment together. */
  readonly onChange: (paths: ReadonlySet<string>) => void
}

/** Long enough for an editor that empties a file before it fills it. */
const QUIET_MS = 12
const LONGEST_MS = 60

/**
 * Watches a folder and those in it, but for packages and hidden ones. A watch a folder: watching recursively, Node.js 20
 * would open one for every file on Linux, packages included.
 */
export class Watcher {
  readonly #options: WatchOptions
  readonly #watches = new Map<string, FSWatcher>()
  readonly #files = new Set<string>()
  #changed = new Set<string>()
  #first = 0
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** Resolves when nothing can change unseen any more. */
  async open(): Promise<void> {
    await this.#enter(this.#options.folder)
  }

  /** Watches these files too, wherever they are. */
  add(paths: Iterable<string>): void {
    for (const path of paths) {
      const folder = dirname(path)
      if (this.#watches.has(folder) || folder.split(sep).includes('node_modules')) continue
      this.#files.add(folder)
      this.#watch(folder)
    }
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    for (const one of this.#watches.values()) one.close()
    this.#watches.clear()
  }

  async #enter(folder: string): Promise<void> {
    if (this.#watches.has(folder) || this.#isClosed) return
    if (!this.#watch(folder)) return
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    const folders = entries.filter((entry) => entry.isDirectory() && !isIgnored(entry.name))
    await Promise.all(folders.map(({ name }) => this.#enter(join(folder, name))))
  }

  #watch(folder: string): boolean {
    try {
      const one = watch(folder, (_, name) => {
        if (name !== null && !isIgnored(name)) this.#see(folder, name)
      })
      // It was removed.
      one.on('error', () => this.#leave(folder))
      this.#watches.set(folder, one)
      return true
    } catch (cause) {
      if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return false
      throw cause
    }
  }

  #leave(folder: string): void {
    this.#watches.get(folder)?.close()
    this.#watches.delete(folder)
  }

  #see(folder: string, name: string): void {
    const path = join(folder, name)
    this.#note(path)
    // Outside of the watched folder only the named files' own folders count.
    if (!this.#files.has(folder)) void this.#look(path)
  }

  // A new folder may be full already, and one that is gone may come back.
  async #look(path: string): Promise<void> {
    const found = await stat(path).catch(() => undefined)
    if (!found) return this.#leave(path)
    if (!found.isDirectory() || this.#watches.has(path)) return
    await this.#enter(path)
    const entries = await readdir(path, { recursive: true }).catch(() => [])
    for (const name of entries) if (!name.split(sep).some(isIgnored)) this.#note(join(path, name))
  }

  #note(path: string): void {
    if (this.#isClosed) return
    const now = performance.now()
    if (this.#changed.size === 0) this.#first = now
    this.#changed.add(path)
    clearTimeout(this.#timer)
    const waitMs = Math.max(0, Math.min(QUIET_MS, this.#first + LONGEST_MS - now))
    this.#timer = setTimeout(() => this.#tell(), waitMs)
  }

  #tell(): void {
    const changed = this.#changed
    this.#changed = new Set()
    this.#options.onChange(changed)
  }
}

// `.env` is the one hidden file that counts, with those of the stages.
function isIgnored(name: string): boolean {
  return name === 'node_modules' || (name.startsWith('.') && !/^\.env(\.|$)/.test(name)) || /~$|\.sw[a-z]$/.test(name)
}
