import type { Id, Resource } from '@anyfaas/kit'
import { needsOf } from './refs.ts'

/** Resources in the order in which they can be made: what one refers to comes first, else as they stand in the file. */
export function inOrder(resources: readonly Resource[]): readonly Resource[] {
  const byId = new Map(resources.map((resource) => [resource.id, resource]))
  const ordered = new Set<Resource>()
  for (const resource of resources) visit(resource, { byId, ordered, above: new Set() })
  return [...ordered]
}

/** The resources that a choice of ids needs, the chosen ones included. */
export function withNeeds(ids: Iterable<Id>, resources: readonly Resource[]): ReadonlySet<Id> {
  const byId = new Map(resources.map((resource) => [resource.id, resource]))
  const found = new Set<Id>()
  const queue = [...ids]
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id)) continue
    found.add(id)
    queue.push(...needsOf(byId.get(id)?.spec))
  }
  return found
}

interface Visit {
  readonly byId: ReadonlyMap<Id, Resource>
  readonly ordered: Set<Resource>
  readonly above: Set<Id>
}

function visit(resource: Resource, { byId, ordered, above }: Visit): void {
  if (ordered.has(resource)) return
  if (above.has(resource.id)) throw new Error(`a circle of references: ${[...above, resource.id].join(' → ')}`)
  const below = new Set([...above, resource.id])
  for (const id of needsOf(resource.spec)) {
    const needed = byId.get(id)
    if (needed) visit(needed, { byId, ordered, above: below })
  }
  ordered.add(resource)
}
