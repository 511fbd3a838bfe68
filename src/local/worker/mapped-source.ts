import { createRequire, findSourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'

const { cache } = createRequire(import.meta.url)

/** The text of a source that some loaded module was made from, where the module's source map holds it. */
export function mappedSource(file: string): string | undefined {
  for (const module of Object.keys(cache)) {
    const { sources, sourcesContent } = (findSourceMap(module)?.payload ?? {}) as Partial<Map>
    const index = sources?.findIndex((source) => source.startsWith('file:') && fileURLToPath(source) === file) ?? -1
    const text = index < 0 ? undefined : sourcesContent?.[index]
    if (typeof text === 'string') return text
  }
  return undefined
}

interface Map {
  readonly sources: readonly string[]
  readonly sourcesContent: readonly (string | null)[]
}
