import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Diagnostic, Pointer } from '@anyfaas/kit'
import type { Range } from '../source.ts'
import type { DeclaredFunction } from './found.ts'

/** What one source file was found to declare, as JSON keeps it. */
export interface Remembered {
  /** The states of the file itself and of those that it takes constants from. */
  readonly states: readonly (readonly [file: string, state: string])[]
  readonly functions: readonly DeclaredFunction[]
  readonly ranges: readonly (readonly [Pointer, Range])[]
  readonly diagnostics: readonly Diagnostic[]
}

/** File -> what it declares. */
export type Memory = Readonly<Record<string, Remembered>>

/** What an earlier run found in a service folder; empty when there is nothing to rely on. */
export function recall(dir: string, key: unknown): Memory {
  try {
    const kept = JSON.parse(readFileSync(fileOf(dir), 'utf8')) as { key: unknown; memory: Memory }
    return kept.key === keyOf(key) ? kept.memory : {}
  } catch {
    // There is none yet, or it is not whole: everything is read anew.
    return {}
  }
}

/** Keeps what was found for the next run, unless the folder cannot be written. */
export function remember(dir: string, key: unknown, memory: Memory): void {
  const file = fileOf(dir)
  const part = `${file}.${process.pid}`
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(part, JSON.stringify({ key: keyOf(key), memory }))
    renameSync(part, file)
  } catch {
    // A folder that is read-only is read anew each time, and works.
    rmSync(part, { force: true })
  }
}

/** True while none of the files that it was read from has changed. */
export function isCurrent({ states }: Remembered): boolean {
  return states.every(([file, state]) => stateOf(file) === state)
}

/** What tells one content of a file from the next. A file that changed only just now may change again unseen. */
export function stateOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false })
  if (!stats) return 'absent'
  const isSettled = Date.now() - stats.mtimeMs > TICK_MS
  return isSettled ? `${stats.mtimeMs} ${stats.size} ${stats.ino}` : `unsettled ${Math.random()}`
}

const TICK_MS = 20

function fileOf(dir: string): string {
  return join(dir, '.sls', 'code-first.json')
}

// Another build of this reader may find other things.
function keyOf(key: unknown): string {
  return JSON.stringify([key, stateOf(fileURLToPath(import.meta.url))])
}
