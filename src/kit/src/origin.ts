import type { Pointer } from './diagnostic.ts'
import { isMap } from './merge.ts'
import { isRef } from './resource.ts'
import { isSecret } from './value.ts'

// A symbol travels with a map through spreading and merging, and no writer of YAML or JSON sees it.
const ORIGIN = Symbol.for('anyfaas.origin')

/** The tree with a mark in every map of it that says what part of the service file it came from. */
export function withOrigin<T>(tree: T, at: Pointer): T {
  if (Array.isArray(tree)) return tree.map((item: unknown) => withOrigin(item, at)) as T
  if (!isMap(tree) || isRef(tree) || isSecret(tree)) return tree
  const entries = Object.entries(tree).map(([key, value]) => [key, withOrigin(value, at)])
  return Object.assign(Object.fromEntries(entries), { [ORIGIN]: at }) as T
}

/** What part of the service file a map came from; undefined when nothing says so. */
export function originOf(node: unknown): Pointer | undefined {
  return isMap(node) ? (node as { readonly [ORIGIN]?: Pointer })[ORIGIN] : undefined
}
