import { fileURLToPath } from 'node:url'

// This module stands as deep as the bundles that it gets into, so its paths are right from both.

/** Absolute path of the bundle that a function's process runs. */
export const WORKER_FILE = fileURLToPath(new URL('../../dist/local/worker.cjs', import.meta.url))

/** Absolute path of what the entry file of a function in development requires. */
export const DEV_ENTRY_FILE = fileURLToPath(new URL('../../dist/local/dev/entry.cjs', import.meta.url))

/** Absolute path of a script or page for browsers. */
export function browserFile(name: string): string {
  return fileURLToPath(new URL(`../../dist/console/${name}`, import.meta.url))
}
