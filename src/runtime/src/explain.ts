import type { Router } from './router.ts'
import type { Routed } from './trie.ts'

/** The path is known and the method is not. */
export interface WrongMethod<T> {
  readonly allow: readonly string[]
  /** The most specific route of the path. */
  readonly nearest: T
}

/** Why a router found nothing: undefined when no route has the path. */
export function explain<T extends Routed>(router: Router<T>, path: string): WrongMethod<T> | undefined {
  const leaves = router.allOf(path)
  const entries = leaves.flatMap((leaf) => [...leaf.methods.values(), ...(leaf.any ? [leaf.any] : [])])
  const nearest = entries[0]
  if (!nearest) return undefined
  const allow = new Set(leaves.flatMap((leaf) => [...leaf.methods.keys()]))
  if (allow.has('GET')) allow.add('HEAD')
  return { allow: [...allow], nearest: nearest.route }
}
