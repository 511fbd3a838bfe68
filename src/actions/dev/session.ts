import { type Diagnostic, type Fn, isSlsError } from '@anyfaas/kit'
import type { DevHost } from '../../local/dev/dev-host.ts'
import { placed } from '../../local/function-error.ts'
import type { FunctionSpec } from '../../local/spec.ts'
import type { ActionIo } from '../io.ts'
import type { ProjectOptions } from '../project.ts'
import { LiveFunction } from './live-function.ts'
import { type Opened, openService } from './opened.ts'
import { problemsOf } from './problems.ts'

export interface SessionOptions {
  readonly project: ProjectOptions
  readonly host: DevHost
  /** Of the first function; the others follow it. */
  readonly debugPort?: number
  /** Told the sources, so that those outside of the service folder are watched too. */
  readonly onInputs: (paths: ReadonlySet<string>) => void
  readonly io: ActionIo
}

/** What a reload has done, by the names of functions. */
export interface Reloaded {
  readonly fresh: readonly string[]
  readonly removed: readonly string[]
  readonly broken: readonly Broken[]
}

/** What could not be brought to its new version. */
export interface Broken {
  /** A function; empty for the service itself. */
  readonly name: string
  /** The version before goes on. */
  readonly answers: boolean
}

interface Entry {
  readonly live: LiveFunction
  /** Of the version that answers. */
  key?: string
  isBroken: boolean
}

/** A service in development: brings what its files say into the host, again and again. */
export class DevSession {
  readonly #options: SessionOptions
  readonly #functions = new Map<string, Entry>()
  #opened: Opened
  #isFileBroken = false

  constructor(opened: Opened, options: SessionOptions) {
    this.#opened = opened
    this.#options = options
  }

  /** Takes up what has changed; without paths, everything. Never rejects for what the user can mend. */
  async reload(changed?: ReadonlySet<string>): Promise<Reloaded> {
    const { host } = this.#options
    const isOfFile = changed === undefined || this.#isFileBroken || this.#touchesFile(changed)
    if (isOfFile && changed !== undefined && !(await this.#reopen())) {
      host.problems.publish()
      return { fresh: [], removed: [], broken: [{ name: '', answers: true }] }
    }
    const removed = await this.#prune()
    const { specs } = this.#opened
    const makes = this.#opened.functions.map((fn, index) =>
      this.#take({ fn, index, spec: specs.get(fn.name), changed, isOfFile }),
    )
    const results = await Promise.all(makes)
    const named = (result: Result): string[] => results.flatMap((one) => (one.result === result ? [one.name] : []))
    const broken = named('broken').map((name) => ({ name, answers: this.#functions.get(name)?.key !== undefined }))
    const reloaded = { fresh: named('fresh'), removed, broken }
    if (reloaded.fresh.length + reloaded.removed.length + reloaded.broken.length > 0) host.problems.publish()
    return reloaded
  }

  async close(): Promise<void> {
    await Promise.all([...this.#functions.values()].map(({ live }) => live.close()))
  }

  // What no function has read may be a part of the service file, or what a function was looking for.
  #touchesFile(changed: ReadonlySet<string>): boolean {
    const lives = [...this.#functions.values()].map(({ live }) => live)
    return this.#opened.isCodeFirst || [...changed].some((path) => !lives.some((live) => live.reads(path)))
  }

  async #reopen(): Promise<boolean> {
    const { project, host, io } = this.#options
    try {
      this.#opened = await openService(project, io)
      this.#isFileBroken = false
      host.blame('', [])
      return true
    } catch (thrown) {
      if (!isSlsError(thrown)) throw thrown
      this.#isFileBroken = true
      this.#blame('', thrown.diagnostics)
      return false
    }
  }

  async #prune(): Promise<string[]> {
    const names = new Set(this.#opened.functions.map(({ name }) => name))
    const gone = [...this.#functions].filter(([name]) => !names.has(name))
    await Promise.all(
      gone.map(async ([name, { live }]) => {
        this.#functions.delete(name)
        await Promise.all([live.close(), this.#options.host.remove(name)])
      }),
    )
    return gone.map(([name]) => name)
  }

  async #take({ fn, index, spec, changed, isOfFile }: Taking): Promise<{ name: string; result: Result }> {
    const { name } = fn
    const entry = this.#functions.get(name) ?? { live: new LiveFunction(), isBroken: true }
    this.#functions.set(name, entry)
    const isRead = changed !== undefined && [...changed].some((path) => entry.live.reads(path))
    if (!isRead && !isOfFile && !entry.isBroken) return { name, result: 'same' }
    try {
      const isFresh = await this.#bring(entry, { fn, index, spec, mustMove: isRead || changed === undefined })
      this.#options.host.blame(name, [])
      entry.isBroken = false
      return { name, result: isFresh ? 'fresh' : 'same' }
    } catch (thrown) {
      if (!isSlsError(thrown)) throw thrown
      entry.isBroken = true
      const { project } = this.#opened
      if (spec) this.#options.host.expect(name, spec.routes)
      this.#blame(
        name,
        thrown.diagnostics.map((one) => placed(project.locate(one), project.dir)),
      )
      return { name, result: 'broken' }
    }
  }

  async #bring(entry: Entry, { fn, index, spec, mustMove }: Bringing): Promise<boolean> {
    const { io, debugPort, host, onInputs } = this.#options
    if (!spec) throw new Error(`no spec for ${fn.name}`)
    const making = { ...this.#opened.making(fn), fn, spec, io }
    const made = await entry.live.make({ ...making, ...(debugPort !== undefined && { debugPort: debugPort + index }) })
    onInputs(made.inputs)
    if (!mustMove && entry.key === made.key) return false
    await host.update(made)
    entry.key = made.key
    return true
  }

  #blame(name: string, diagnostics: readonly Diagnostic[]): void {
    const { host, io } = this.#options
    const { dir, sources } = this.#opened.project
    for (const diagnostic of diagnostics) io.tell({ kind: 'diagnostic', diagnostic, sources, isAgain: true })
    host.blame(name, problemsOf(diagnostics, dir, sources))
  }
}

type Result = 'fresh' | 'same' | 'broken'

interface Taking {
  readonly fn: Fn
  readonly index: number
  readonly spec: FunctionSpec | undefined
  readonly changed: ReadonlySet<string> | undefined
  readonly isOfFile: boolean
}

interface Bringing extends Pick<Taking, 'fn' | 'index' | 'spec'> {
  /** A new version whatever its key says: its sources have changed. */
  readonly mustMove: boolean
}
