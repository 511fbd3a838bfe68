/** A plain object: what YAML and JSON call a map. */
export type Tree = Record<string, unknown>

/**
 * `over` laid over `base`: maps are merged, everything else is replaced, lists included; null takes a key away.
 * Neither argument is changed.
 */
export function mergeTree<T>(base: T, over: unknown): T {
  if (!isMap(base) || !isMap(over)) return (over === undefined ? base : over) as T
  const out = new Map(Object.entries(base))
  for (const [key, value] of Object.entries(over)) {
    if (value === null) out.delete(key)
    else out.set(key, mergeTree(out.get(key), value))
  }
  const made: Tree & Record<symbol, unknown> = Object.fromEntries(out)
  // What stands under a symbol is no data: it stays with the map (origin.ts).
  for (const mark of Object.getOwnPropertySymbols(base)) made[mark] = (base as Record<symbol, unknown>)[mark]
  return made as T
}

/** What stands at a path of keys inside a tree; undefined when nothing does. */
export function treeAt(tree: unknown, path: readonly string[]): unknown {
  let at = tree
  for (const key of path) {
    if (!isMap(at) || !Object.hasOwn(at, key)) return undefined
    at = at[key]
  }
  return at
}

export function isMap(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The tree with every node replaced by what `replace` makes of it; a node that it gives back as it is gets searched. What
 * holds no change is shared with the given tree.
 */
export function replaceIn<T>(tree: T, replace: (node: unknown) => unknown): T {
  const own = replace(tree)
  if (own !== tree) return own as T
  if (typeof tree !== 'object' || tree === null) return tree
  const given = tree as Tree
  let copy: Tree | undefined
  for (const key of Object.keys(given)) {
    const after = replaceIn(given[key], replace)
    if (after === given[key]) continue
    copy ??= (Array.isArray(tree) ? [...tree] : { ...given }) as Tree
    copy[key] = after
  }
  return (copy ?? tree) as T
}
