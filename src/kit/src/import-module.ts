type Import = (url: string) => Promise<unknown>

/**
 * Imports a module of any kind by its address. Where the program runs from kept compiled code (`bin/load.js`), Node 20
 * has forgotten how to import, and whoever loaded that code does it.
 */
export function importModule(url: string): Promise<unknown> {
  const loader = (globalThis as Record<symbol, unknown>)[Symbol.for('anyfaas.import')] as Import | undefined
  return loader ? loader(url) : import(url)
}

/** Loads one of our own bundles by its absolute path: from kept compiled code where the program runs from that, else by `load`. */
export function requireBundle(file: string, load: (file: string) => unknown): unknown {
  const loader = (globalThis as Record<symbol, unknown>)[Symbol.for('anyfaas.require')] as typeof load | undefined
  return (loader ?? load)(file)
}
