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

/**
 * A map that was filled key by key. With many keys V8 keeps it as a dictionary then, which is slow to walk; its copy is none, and
 * neither is what is filled with the same keys after it.
 */
export function evened<T extends object>(filled: T, size: number): T {
  return size > 16 && size <= 128 ? { ...filled } : filled
}
