import { fileURLToPath } from 'node:url'

// This module stands as deep as the bundles that it gets into, so its paths are right from both: whoever is loaded late and asks it
// for a path stands at `src/local` too.

/** Absolute path of the tool's own folder, with its last slash. */
export const TOP = fileURLToPath(new URL('../../', import.meta.url))

/** Absolute path of the bundle that the process of a single call runs. */
export const WORKER_FILE = fileURLToPath(new URL('../../dist/local/worker.cjs', import.meta.url))

/** Absolute path of the bundle that the platform's process runs. */
export const PLATFORM_FILE = fileURLToPath(new URL('../../dist/local/platform.cjs', import.meta.url))

/** Absolute path of what `PLATFORM_FILE` loads once processes for functions are starting. */
export const PROCESS_FILE = fileURLToPath(new URL('../../dist/local/platform-process.cjs', import.meta.url))

/** Absolute path of what keeps the compiled code of bundles. */
export const LOADER_FILE = fileURLToPath(new URL('../../bin/load.js', import.meta.url))

/** Absolute path of the bundle that the process of a deployed function runs. */
export const SERVE_FILE = fileURLToPath(new URL('../../dist/local/serve.cjs', import.meta.url))

/** Absolute path of the runtime that this version packs beside functions of the local platform. */
export const RUNTIME_FILE = fileURLToPath(new URL('../../dist/local/runtime.cjs', import.meta.url))

/** Absolute path of what the entry file of a function in development requires. */
export const DEV_ENTRY_FILE = fileURLToPath(new URL('../../dist/local/dev/entry.cjs', import.meta.url))

/** Absolute path of a script or page for browsers. */
export function browserFile(name: string): string {
  return fileURLToPath(new URL(`../../dist/console/${name}`, import.meta.url))
}
