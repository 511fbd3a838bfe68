import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { error, SlsError } from '@anyfaas/kit'
import { makeFolder } from './make-folder.ts'

/** Writes a file and makes its folder; nobody ever reads half of it. Throws SLS4005. */
export function writeWhole(path: string, bytes: Uint8Array | string): void {
  const draft = `${path}.${process.pid}.tmp`
  makeFolder(dirname(path))
  try {
    writeFileSync(draft, bytes)
    renameSync(draft, path)
  } catch (cause) {
    if (existsSync(draft)) rmSync(draft)
    throw cannotWrite(path, cause)
  }
}

/** SLS4005, with why. */
export function cannotWrite(path: string, cause: unknown): SlsError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new SlsError(error('SLS4005', `"${path}" cannot be written: ${why}`), { cause })
}
