import { join } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import { Watcher } from '../packager/files/watcher.ts'
import { LiveCode } from '../packager/live.ts'
import { findFunction, type InvokeOptions, invoke } from './invoke.ts'
import type { ActionIo } from './io.ts'
import { launchRequestOf } from './launch-request.ts'
import { choosePlatforms, openProject } from './project.ts'

export interface AgainResult {
  readonly calls: number
}

/**
 * Calls a function, and again whenever its sources or the service file change, until the signal aborts. Answers are told,
 * and so are failures, which wait for the next change. Throws what is wrong with the service file at the start.
 */
export async function invokeAgain(options: InvokeOptions, io: ActionIo): Promise<AgainResult> {
  const { dir, file } = await openProject(options, io)
  const code = new LiveCode()
  const changes = new Changes()
  const watcher = new Watcher({ folder: dir, onChange: (paths) => changes.add(paths) })
  io.signal.addEventListener('abort', () => changes.wake())
  await watcher.open()
  try {
    for (let calls = 1; ; calls++) {
      const knows = await read(code, options, io)
      watcher.add(code.inputs)
      await attempt(options, io)
      // What the function itself writes is no reason to call it again.
      const counts = (path: string): boolean =>
        !knows || path === file || path.startsWith(join(dir, '.env')) || code.reads(path)
      while (!io.signal.aborted && !changes.take(counts)) await changes.next()
      if (io.signal.aborted) return { calls }
    }
  } finally {
    watcher.close()
    await code.close()
  }
}

/** Changes of files that nobody has taken up yet. */
class Changes {
  #paths = new Set<string>()
  #wake: (() => void) | undefined

  add(paths: ReadonlySet<string>): void {
    for (const path of paths) this.#paths.add(path)
    this.wake()
  }

  wake(): void {
    this.#wake?.()
  }

  /** Whether one of them counts; none is left. */
  take(counts: (path: string) => boolean): boolean {
    const paths = [...this.#paths]
    this.#paths.clear()
    return paths.some(counts)
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

// Whether it is known what the function reads.
async function read(code: LiveCode, options: InvokeOptions, io: ActionIo): Promise<boolean> {
  const quiet = { ...io, tell: () => undefined }
  try {
    const project = await openProject(options, quiet)
    const fn = findFunction(project.service, options.function)
    const [platform] = await choosePlatforms(project, options, quiet)
    if (!platform || fn.code.kind === 'custom') return false
    await code.build(launchRequestOf(project, platform, fn))
    return true
  } catch (thrown) {
    // The call says what is wrong.
    if (isSlsError(thrown)) return false
    throw thrown
  }
}

async function attempt(options: InvokeOptions, io: ActionIo): Promise<void> {
  try {
    const { kind, function: name, platform, answer, durationMs } = await invoke(options, io)
    io.tell({ kind: 'answer', function: name, platform, by: kind, answer, durationMs })
  } catch (thrown) {
    if (!isSlsError(thrown)) throw thrown
    if (io.signal.aborted) return
    for (const diagnostic of thrown.diagnostics) {
      io.tell({ kind: 'diagnostic', diagnostic, isAgain: true, ...(thrown.sources && { sources: thrown.sources }) })
    }
    io.tell({ kind: 'phase', name: 'the call', state: 'failed', note: 'it is made again when a source changes' })
  }
}
