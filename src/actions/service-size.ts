import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { FILE_NAMES } from '../config/find.ts'
import type { ProjectOptions } from './project.ts'

/** The bytes of the service file that an action would read; 0 where there is none that can be looked at. */
export function serviceSize({ dir = '.', config }: Pick<ProjectOptions, 'dir' | 'config'>, cwd: string): number {
  const folder = resolve(cwd, dir)
  for (const name of config === undefined ? FILE_NAMES : [config]) {
    const bytes = sizeOf(resolve(folder, name))
    if (bytes !== undefined) return bytes
  }
  return 0
}

// What is wrong with it is for who reads it to say.
function sizeOf(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size
  } catch {
    return undefined
  }
}
