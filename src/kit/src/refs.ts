import { type Id, isRef, type Resource } from './resource.ts'

/** `value` with every reference replaced by the field of the resource that it names, where the spec already says it. */
export function resolveRefs(value: unknown, resources: ReadonlyMap<Id, Resource>): unknown {
  if (isRef(value)) {
    const target = resources.get(value.$ref)?.spec as Record<string, unknown> | undefined
    return target && value.field in target ? resolveRefs(target[value.field], resources) : value
  }
  if (Array.isArray(value)) return value.map((item) => resolveRefs(item, resources))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveRefs(item, resources)]))
}
