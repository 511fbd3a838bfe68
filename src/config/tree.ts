/** A map of a file. Keys come from outside: `__proto__` among them is data, never a prototype. */
export type Tree = Record<string, unknown>

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sets a key that came from outside. */
export function put(tree: Tree, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(tree, key, { value, enumerable: true, configurable: true, writable: true })
  else tree[key] = value
}

/** An own key's value. */
export function get(tree: unknown, key: string): unknown {
  return typeof tree === 'object' && tree !== null && Object.hasOwn(tree, key) ? (tree as Tree)[key] : undefined
}
