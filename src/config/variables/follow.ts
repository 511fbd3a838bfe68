import { get } from '../tree.ts'
import { hasVariables } from './parse.ts'
import { type Cursor, type Resolver, step, UNRESOLVED } from './resolver.ts'

/** The value under some keys, its own variables and those on the way resolved, and where it stands. Undefined where there is none. */
export function follow(
  resolver: Resolver,
  keys: readonly string[],
  from: { readonly value: unknown; readonly cursor: Cursor },
): { readonly value: unknown; readonly cursor: Cursor } {
  let { value, cursor } = from
  // What a variable has brought is resolved: a `${` in it is a literal one.
  let isDone = false
  for (const key of keys) {
    if (!isDone && typeof value === 'string' && hasVariables(value)) {
      value = resolver.resolve(value, cursor)
      isDone = true
    }
    if (value === UNRESOLVED) return { value, cursor }
    isDone ||= typeof value === 'object' && value !== null && resolver.brought.has(value)
    value = get(value, key)
    cursor = step(cursor, key)
  }
  return { value: isDone || value === undefined ? value : resolver.resolve(value, cursor), cursor }
}
