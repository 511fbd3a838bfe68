import { type Id, isRef, type Ref } from '@anyfaas/kit'

/** The ids of all resources that a spec refers to. */
export function needsOf(spec: unknown): readonly Id[] {
  const found = new Set<Id>()
  visit(spec, (ref) => found.add(ref.$ref))
  return [...found]
}

/** The spec with every ref replaced by the field of what is there; a ref to what is not there stays. */
export function resolveRefs<S>(spec: S, live: ReadonlyMap<Id, object>): S {
  return replace(spec, live) as S
}

function visit(value: unknown, found: (ref: Ref) => void): void {
  if (isRef(value)) found(value)
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) visit(item, found)
}

function replace(value: unknown, live: ReadonlyMap<Id, object>): unknown {
  if (isRef(value)) {
    const thing = live.get(value.$ref) as Record<string, unknown> | undefined
    return thing?.[value.field] ?? value
  }
  if (Array.isArray(value)) return value.map((item) => replace(item, live))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item, live)]))
}
