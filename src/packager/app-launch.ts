import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { HostedApp } from '@anyfaas/runtime'
import { hostCall, opener } from './code/entry.ts'
import { sourceKind } from './code/source-kind.ts'
import { writeWhole } from './files/file-sink.ts'
import { HOST } from './host.ts'

export interface HostWish {
  readonly app: HostedApp
  /** Real path. */
  readonly serviceDir: string
  /** Where the module is written. */
  readonly folder: string
  /** Absolute path of the application's module, where it has one. */
  readonly module: string | undefined
}

/** Writes the module through which a worker opens a whole web application in place; gives its path. */
export async function writeHost({ app, serviceDir, folder, module }: HostWish): Promise<string> {
  const open = module === undefined ? 'async () => undefined' : openerOf(module)
  const call = hostCall({ app, host: fileURLToPath(HOST), open, root: serviceDir })
  const path = join(folder, 'sls_host.cjs')
  await writeWhole(path, Buffer.from(`module.exports = (${call})()\n`))
  return path
}

function openerOf(path: string): string {
  const { module } = sourceKind(path)
  return opener(module === 'esm' ? pathToFileURL(path).href : path, module)
}
