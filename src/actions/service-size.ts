import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { FILE_NAMES } from '../config/find.ts'
import type { ProjectOptions } from './project.ts'

/** The bytes of the service file that an action would read; 0 where there is none. */
export function serviceSize({ dir = '.', config }: Pick<ProjectOptions, 'dir' | 'config'>, cwd: string): number {
  const folder = resolve(cwd, dir)
  for (const name of config === undefined ? FILE_NAMES : [config]) {
    const found = statSync(resolve(folder, name), { throwIfNoEntry: false })
    if (found) return found.size
  }
  return 0
}
