import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { error, SlsError } from '@anyfaas/kit'

/** In this order; the first that exists is the service file. The last two are the older name. */
export const FILE_NAMES = [
  'serverless.yml',
  'serverless.yaml',
  'serverless.json',
  'serverless.ts',
  'serverless.js',
  'serverless.mjs',
  'f.yml',
  'f.yaml',
] as const

export interface FoundFile {
  /** Absolute path of the service file. */
  readonly file: string
  /** Absolute path of the folder that paths in it are relative to. */
  readonly dir: string
}

/** Finds the service file of a folder, or takes the one that is named. Throws SLS1001 when there is none. */
export function findFile(dir: string, named?: string): FoundFile {
  const folder = resolve(dir)
  if (named !== undefined) return findNamed(folder, named)
  const name = FILE_NAMES.find((candidate) => existsSync(join(folder, candidate)))
  if (name) return { file: join(folder, name), dir: folder }
  throw new SlsError(
    error('SLS1001', whyNone(dir, folder), {
      notes: [{ message: `looked for ${FILE_NAMES.join(', ')}` }],
      help: ['sls init makes one; -d DIR names another folder, -c FILE another file'],
    }),
  )
}

function whyNone(dir: string, folder: string): string {
  try {
    const found = statSync(folder, { throwIfNoEntry: false })
    if (!found) return `no folder "${dir}"`
    if (!found.isDirectory()) return `"${dir}" is no folder`
    accessSync(folder, constants.X_OK)
    return `no service file in "${dir}"`
  } catch (cause) {
    return `cannot look into "${dir}": ${(cause as Error).message}`
  }
}

function findNamed(folder: string, named: string): FoundFile {
  const file = resolve(folder, named)
  if (existsSync(file)) return { file, dir: dirname(file) }
  throw new SlsError(error('SLS1001', `no file "${named}" in "${basename(folder)}"`))
}
