/** A plain object: what YAML and JSON call a map. */
export type Tree = Record<string, unknown>

/**
 * `over` laid over `base`: maps are merged, everything else is replaced, lists included; null takes a key away.
 * Neither argument is changed.
 */
export function mergeTree<T>(base: T, over: unknown): T {
  if (!isMap(base) || !isMap(over)) return (over === undefined ? base : over) as T
  const keys = Object.keys(over)
  if (keys.length === 0) return base
  // What stands under a symbol is no data, and stays with the map (origin.ts): a copy takes it along.
  const made: Tree = { ...base }
  for (const key of keys) {
    const value = over[key]
    if (value === null) delete made[key]
    else put(made, key, mergeTree(Object.hasOwn(made, key) ? made[key] : undefined, value))
  }
  return made as T
}

// A plain assignment to this key would change what the map is made of.
function put(map: Tree, key: string, value: unknown): void {
  if (key !== '__proto__') map[key] = value
  else Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
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

/** What stands in place of a node; the node itself when that stays. */
export type Replace = (node: unknown) => unknown

/**
 * The tree with every node replaced by what `replace` makes of it; a node that it gives back as it is gets searched. What
 * holds no change is shared with the given tree.
 */
export function replaceIn<T>(tree: T, replace: Replace): T {
  const own = replace(tree)
  if (own !== tree) return own as T
  if (typeof tree !== 'object' || tree === null) return tree
  return (Array.isArray(tree) ? replaceItems(tree, replace) : replaceFields(tree as Tree, replace)) as T
}

/** Two replacements in one walk: what the first one puts in is searched by the second. */
export function replaceThen(first: Replace, second: Replace): Replace {
  return (node) => {
    const own = first(node)
    return own === node ? second(node) : replaceIn(own, second)
  }
}

function replaceItems(items: readonly unknown[], replace: Replace): readonly unknown[] {
  let copy: unknown[] | undefined
  for (let index = 0; index < items.length; index++) {
    const after = replaceIn(items[index], replace)
    if (after === items[index]) continue
    copy ??= [...items]
    copy[index] = after
  }
  return copy ?? items
}

function replaceFields(map: Tree, replace: Replace): Tree {
  let copy: Tree | undefined
  for (const key of Object.keys(map)) {
    const after = replaceIn(map[key], replace)
    if (after === map[key]) continue
    copy ??= { ...map }
    put(copy, key, after)
  }
  return copy ?? map
}
