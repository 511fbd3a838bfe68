import type { Pointer } from '@anyfaas/kit'
import type { Moves } from './places.ts'
import { under } from './pointer.ts'
import { get, isTree, put, type Tree } from './tree.ts'

/** Merges `stages.STAGE` over the file: maps deeply, everything else replaced, `null` takes a key away. */
export function mergeStage(root: Tree, stage: string): { readonly root: Tree; readonly moves: Moves } {
  const moves: Moves = new Map()
  const overlay = get(get(root, 'stages'), stage)
  if (!isTree(overlay)) return { root, moves }
  const merged = merge(root, overlay, { to: '', from: under('/stages', stage), moves })
  return { root: merged, moves }
}

interface Where {
  readonly to: Pointer
  readonly from: Pointer
  readonly moves: Moves
}

function merge(base: Tree, overlay: Tree, where: Where): Tree {
  const out: Tree = {}
  for (const [key, value] of Object.entries(base)) put(out, key, value)
  for (const [key, value] of Object.entries(overlay)) {
    const next = { to: under(where.to, key), from: under(where.from, key), moves: where.moves }
    const old = get(base, key)
    if (value === null) delete out[key]
    else if (isTree(old) && isTree(value)) put(out, key, merge(old, value, next))
    else {
      put(out, key, value)
      where.moves.set(next.to, { pointer: next.from })
    }
  }
  return out
}
