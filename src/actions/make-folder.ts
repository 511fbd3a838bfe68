import { error, SlsError } from '@anyfaas/kit'
import { makeFolder as make } from '../local/make-folder.ts'

/** Makes a folder that the user named, and those above it. Throws SLS4005. */
export function makeFolder(path: string, mode?: number): void {
  try {
    make(path, mode)
  } catch (cause) {
    throw new SlsError(error('SLS4005', `"${path}" cannot be made: ${(cause as Error).message}`), { cause })
  }
}
