import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { error, SlsError } from '@anyfaas/kit'

/**
 * Makes a folder that the user named, and those above it. Throws SLS4005. Node's own `recursive` never ends where the
 * system says that a folder is missing whose parent is there, as below `/proc`.
 */
export function makeFolder(path: string): void {
  try {
    make(path)
  } catch (cause) {
    throw new SlsError(error('SLS4005', `"${path}" cannot be made: ${(cause as Error).message}`), { cause })
  }
}

function make(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  const above = dirname(path)
  if (above !== path) make(above)
  try {
    mkdirSync(path)
  } catch (cause) {
    // Somebody else was faster.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw cause
  }
}
