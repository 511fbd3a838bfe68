import { type Replace, replaceIn } from './merge.ts'
import { type Id, isRef, type Resource } from './resource.ts'

/** `value` with every reference replaced by the field of the resource that it names, where the spec already says it. */
export function resolveRefs<T>(value: T, resources: ReadonlyMap<Id, Resource>): T {
  return replaceIn(value, replaceRef(resources))
}

/** The same as one replacement of several (`replaceThen`). */
export function replaceRef(resources: ReadonlyMap<Id, Resource>): Replace {
  return {
    map(node) {
      if (!isRef(node)) return node
      const target = resources.get(node.$ref)?.spec as Record<string, unknown> | undefined
      return target && node.field in target ? resolveRefs(target[node.field], resources) : node
    },
  }
}
