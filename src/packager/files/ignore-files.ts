import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { error, SlsError } from '@anyfaas/kit'
import { reasonOf } from './system-error.ts'

/** Files in the service folder that say, as a .gitignore does, what does not go into artifacts. */
export const IGNORE_FILES = ['.slsignore', '.fcignore', '.funignore'] as const

/** Their lines, without comments and empty ones. SLS4004 when one cannot be read. */
export function readIgnoreFiles(serviceDir: string): string[] {
  return IGNORE_FILES.flatMap((name) => {
    const path = join(serviceDir, name)
    if (!existsSync(path) || !statSync(path).isFile()) return []
    try {
      const lines = readFileSync(path, 'utf8').split(/\r?\n/)
      return lines.filter((line) => line.trim() !== '' && !line.startsWith('#'))
    } catch (cause) {
      throw new SlsError(error('SLS4004', `"${name}" cannot be read: ${reasonOf(cause)}`), { cause })
    }
  })
}
