import type { TarEntry } from './tar-stream.ts'

/** The layers that go over the base, from what changes least to what changes most. */
export const LAYERS = ['runtime', 'dependencies', 'app'] as const

export type LayerName = (typeof LAYERS)[number]

/** The folder of the code in an image, and the working directory of its process. */
export const APP_FOLDER = '/app'

/** Sorts the files of an artifact into layers, under the image's folder of code. Empty layers are left out. */
export function layersOf(entries: readonly TarEntry[]): ReadonlyMap<LayerName, readonly TarEntry[]> {
  const layers = new Map<LayerName, TarEntry[]>()
  for (const name of LAYERS) {
    const own = entries.filter((entry) => layerOf(entry.name) === name)
    if (own.length > 0)
      layers.set(
        name,
        own.map((entry) => ({ ...entry, name: `${APP_FOLDER.slice(1)}/${entry.name}` })),
      )
  }
  return layers
}

function layerOf(name: string): LayerName {
  if (/^sls_runtime\.c?js$/.test(name)) return 'runtime'
  return /(?:^|\/)node_modules\//.test(name) ? 'dependencies' : 'app'
}
