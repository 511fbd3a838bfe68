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

/** What stands in place of a text or of a map; the given one where that stays. */
export interface Replace {
  readonly text?: (text: string) => unknown
  /** Only texts that hold this are asked for. */
  readonly mark?: string
  readonly map?: (map: Tree) => unknown
}

/**
 * The tree with every text and map replaced by what `replace` makes of it; a map that it gives back as it is gets searched.
 * What holds no change is shared with the given tree.
 */
export function replaceIn<T>(tree: T, replace: Replace): T {
  if (typeof tree === 'string') return replaceText(tree, replace) as T
  if (typeof tree !== 'object' || tree === null) return tree
  if (Array.isArray(tree)) return replaceItems(tree, replace) as T
  const own = replace.map ? replace.map(tree as Tree) : tree
  return (own === tree ? replaceFields(tree as Tree, replace) : own) as T
}

/** Two replacements in one walk: what the first one puts in is searched by the second. */
export function replaceThen(first: Replace, second: Replace): Replace {
  const both = <N>(one: ((node: N) => unknown) | undefined, other: ((node: N) => unknown) | undefined) =>
    one &&
    ((node: N): unknown => {
      const own = one(node)
      return own !== node ? replaceIn(own, second) : other ? other(node) : node
    })
  const text = both(first.text, second.text) ?? second.text
  const map = both(first.map, second.map) ?? second.map
  const mark = first.text === undefined ? second.mark : second.text === undefined ? first.mark : undefined
  return { ...(text && { text }), ...(mark !== undefined && { mark }), ...(map && { map }) }
}

function replaceText(text: string, replace: Replace): unknown {
  return replace.text === undefined || (replace.mark !== undefined && !text.includes(replace.mark))
    ? text
    : replace.text(text)
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
  const { text, mark = '' } = replace
  for (const key in map) {
    const before = map[key]
    // Most values are texts that nobody asks for, or without the mark.
    const isKept =
      typeof before === 'string' ? text === undefined || !before.includes(mark) : typeof before !== 'object'
    if (isKept) continue
    const after = typeof before === 'string' ? replaceText(before, replace) : replaceIn(before, replace)
    if (after === before) continue
    copy ??= { ...map }
    put(copy, key, after)
  }
  return copy ?? map
}
