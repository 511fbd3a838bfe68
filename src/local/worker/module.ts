import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(import.meta.url)

/**
 * Opens a module of either kind by its absolute path. `require` comes first: it costs a fraction of what the loader of
 * ES modules costs at its first use.
 */
export async function openModule(file: string): Promise<unknown> {
  try {
    return require(file)
  } catch (error) {
    if (!ES_MODULE_CODES.has((error as { code?: unknown } | null)?.code)) throw error
    return await import(pathToFileURL(file).href)
  }
}

const ES_MODULE_CODES: ReadonlySet<unknown> = new Set(['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE'])
