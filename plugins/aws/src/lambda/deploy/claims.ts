import { isRef, type Resource, type Tree } from '@anyfaas/kit'
import { partId, qualifierOf, splitArn } from './qualifiers.ts'

/** What calls a function of ours, or an alias of it, from a place where others may have put the same. */
export interface Caller {
  /** The id that it has when it is the only one of its function there. */
  readonly alone: string
  readonly qualifier: string | undefined
}

/**
 * The ids of those callers that the file means or that are ours. What calls just what the file lets be called is meant; of the
 * others ours are moved to what nothing calls yet, or have an id that nobody wants. What is not ours has none.
 */
export async function claim<T extends Caller>(
  found: readonly T[],
  desired: readonly Resource<Tree>[],
  isOurs: (one: T) => Promise<boolean>,
): Promise<readonly (T & { readonly id: string })[]> {
  const wanted = new Map<string, Map<string | undefined, string>>()
  for (const { id, spec } of desired) {
    const qualifier = calledIn(spec)
    const alone = id.endsWith(`@${qualifier}`) ? id.slice(0, -`@${qualifier}`.length) : id
    wanted.set(alone, (wanted.get(alone) ?? new Map()).set(qualifier, id))
  }
  const idOf = ({ alone, qualifier }: T): string | undefined => wanted.get(alone)?.get(qualifier)
  const meant = found.flatMap((one) => withId(one, idOf(one)))
  const taken = new Set(meant.map(({ id }) => id))
  const others = found.filter((one) => idOf(one) === undefined)
  const ours = await Promise.all(others.map(async (one) => ((await isOurs(one)) ? [one] : [])))
  const rest = ours.flat().map((one) => {
    const all = [...(wanted.get(one.alone)?.values() ?? [])]
    const own = partId(one.alone, one.qualifier)
    const id = all.find((each) => !taken.has(each)) ?? (all.includes(own) ? `${own} ($LATEST)` : own)
    taken.add(id)
    return { ...one, id }
  })
  return [...meant, ...rest]
}

/** Lets resources of one function that share their place be told from each other: by what they call. */
export function apart(resources: readonly Resource<Tree>[]): readonly Resource<Tree>[] {
  const counts = new Map<string, number>()
  for (const { id } of resources) counts.set(id, (counts.get(id) ?? 0) + 1)
  return resources.map((one) => (counts.get(one.id) === 1 ? one : { ...one, id: partId(one.id, calledIn(one.spec)) }))
}

function withId<T>(one: T, id: string | undefined): (T & { readonly id: string })[] {
  return id === undefined ? [] : [{ ...one, id }]
}

// What a source or a subscription calls, also while nobody knows its ARN.
function calledIn({ FunctionName, Endpoint = FunctionName }: Tree): string | undefined {
  return isRef(Endpoint) ? qualifierOf({ Qualifier: Endpoint }) : splitArn(Endpoint)[1]
}
