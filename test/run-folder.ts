import { chmodSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeFolder } from './fixtures/remove-folder.ts'
import { RUN_PREFIX } from './leftovers.ts'

/** What all runs share: programs that were installed for tests, and pictures of pages. */
const SHARED = { ANYFAAS_JUDGES: 'anyfaas-judges', ANYFAAS_SHOTS: 'anyfaas-shots' }
/** Where Node.js 22 and above keeps compiled code: without it every run begins slower. */
const COMPILED = 'node-compile-cache'

/**
 * Makes the folder that is the temporary one of the whole run, of its workers and of what they start, and gives back what removes it.
 * Without isolation a hook outside of any function belongs only to the first test file that imports it, so a module that several files
 * share cannot remove by such a hook what it made.
 */
export default function openRunFolder(): () => void {
  const outside = tmpdir()
  const folder = mkdtempSync(join(outside, RUN_PREFIX))
  // As the one outside: databases and containers run as somebody else.
  chmodSync(folder, 0o1777)
  mkdirSync(join(outside, COMPILED), { recursive: true })
  symlinkSync(join(outside, COMPILED), join(folder, COMPILED))
  for (const [name, inside] of Object.entries(SHARED)) process.env[name] ??= join(outside, inside)
  process.env['TMPDIR'] = folder
  const remove = (): void => removeFolder(folder)
  // A run that takes too long is ended from outside, before it comes to its own end.
  process.once('exit', remove)
  process.once('SIGTERM', () => process.exit(143))
  return remove
}
