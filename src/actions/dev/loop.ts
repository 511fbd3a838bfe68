import { Watcher } from '../../packager/files/watcher.ts'
import type { ActionIo } from '../io.ts'
import type { DevSession } from './session.ts'

/** Reloads, one after the other, what has changed meanwhile. */
export class Loop {
  readonly watcher: Watcher
  readonly #io: ActionIo
  #changed: Set<string> | 'all' | undefined
  #since = 0
  #wake: (() => void) | undefined
  #isStopped = false

  constructor(folder: string, io: ActionIo) {
    this.#io = io
    this.watcher = new Watcher({ folder, onChange: (paths) => this.wake(paths) })
  }

  /** Something has changed. */
  wake(paths: ReadonlySet<string> | 'all'): void {
    if (this.#changed === undefined) this.#since = performance.now()
    const before = this.#changed ?? []
    this.#changed = paths === 'all' || before === 'all' ? 'all' : new Set([...before, ...paths])
    this.#wake?.()
  }

  stop(): void {
    this.#isStopped = true
    this.#wake?.()
  }

  /** Resolves with the number of reloads when it is stopped. */
  async run(session: DevSession): Promise<number> {
    const { signal } = this.#io
    signal.addEventListener('abort', () => this.stop())
    let reloads = 0
    while (!this.#isStopped && !signal.aborted) {
      if (this.#changed === undefined) await this.#woken()
      else if (await this.#reload(session)) reloads++
    }
    return reloads
  }

  async #reload(session: DevSession): Promise<boolean> {
    const changed = this.#changed
    const since = this.#since
    this.#changed = undefined
    const { fresh, removed, broken } = await session.reload(changed === 'all' ? undefined : changed)
    const durationMs = performance.now() - since
    const name = [...fresh, ...removed.map((one) => `${one} (removed)`)].join(', ')
    if (name) this.#io.tell({ kind: 'phase', name: `reload ${name}`, state: 'done', durationMs })
    for (const one of broken) {
      const note = one.answers ? 'the version before goes on' : 'no version of it works yet'
      this.#io.tell({ kind: 'phase', name: one.name || 'the service file', state: 'failed', note })
    }
    return name !== '' || broken.length > 0
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
