import type { Diagnostic, Pointer } from '@anyfaas/kit'
import type { Places } from './places.ts'
import { under } from './pointer.ts'
import { isTree, put, type Tree } from './tree.ts'
import { hasVariables } from './variables/parse.ts'
import { createResolver } from './variables/resolve.ts'
import { UNRESOLVED } from './variables/resolver.ts'
import type { VariableContext } from './variables/sources.ts'

export interface Resolved {
  readonly root: Tree
  /** Pointers of texts from outside: they may become a number or a switch where one is needed. */
  readonly soft: ReadonlySet<Pointer>
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Resolves all variables of a file and leaves in `places` what they moved. Values without one become UNRESOLVED. With `isOurs`
 * the tree is written to, which a large one is quicker by: nothing in it may stand in several places, or in another tree.
 */
export function resolveVariables(root: Tree, context: VariableContext, places: Places, isOurs = false): Resolved {
  const resolver = createResolver(root, context, places)
  resolver.inPlace = isOurs
  const out: Tree = {}
  for (const [key, value] of Object.entries(root)) {
    put(
      out,
      key,
      OTHER_STAGES.has(key) ? withoutVariables(value) : resolver.resolve(value, { pointer: under('', key) }),
    )
  }
  places.steps.push(resolver.moves)
  return { root: out, soft: resolver.soft, diagnostics: resolver.diagnostics }
}

// What belongs to stages that are not in use may have variables that are unset today.
const OTHER_STAGES = new Set(['stages', 'params'])

/** A copy in which every text with a variable is UNRESOLVED. */
export function withoutVariables(value: unknown): unknown {
  if (typeof value === 'string') return hasVariables(value) ? UNRESOLVED : value
  if (Array.isArray(value)) return value.map(withoutVariables)
  if (!isTree(value)) return value
  const out: Tree = {}
  for (const [key, item] of Object.entries(value)) put(out, key, withoutVariables(item))
  return out
}

/** The stage that the file itself names, its variables resolved; undefined when it names none. */
export function stageOf(root: Tree, context: VariableContext, places: Places): string | undefined {
  const resolver = createResolver(root, context, places)
  const provider = resolver.root['provider']
  const stage = isTree(provider) ? resolver.resolve(provider['stage'], { pointer: '/provider/stage' }) : undefined
  return typeof stage === 'string' && stage !== '' ? stage : undefined
}
