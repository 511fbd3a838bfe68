import type { Pointer } from '@anyfaas/kit'
import { joinPointer, splitPointer } from './pointer.ts'
import { get, isTree, type Tree } from './tree.ts'

/** Where a setting of a function stands: under `provider` when the function has none of its own. */
export function inherited(root: Tree, pointer: Pointer): Pointer {
  const keys = splitPointer(pointer)
  const depth = { functions: 2, aggregation: 2, deployType: 1 }[keys[0] ?? '']
  const provider = root['provider']
  const key = depth === undefined ? undefined : keys[depth]
  if (depth === undefined || key === undefined || !isTree(provider)) return pointer
  const own = keys.slice(0, depth).reduce<unknown>(get, root)
  const rest = keys.slice(depth)
  // Maps of the provider and of the function are joined: a name of either may be meant.
  const isJoined = key === 'environment' || key === 'tags'
  const path = isJoined ? rest.slice(0, 2) : rest.slice(0, 1)
  const isOwn = path.reduce<unknown>(get, own) !== undefined
  const isTheirs = path.reduce<unknown>(get, provider) !== undefined
  return !isOwn && isTheirs ? `/provider${joinPointer(rest)}` : pointer
}
