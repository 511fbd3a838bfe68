import { isRef, type Ref, type Resource, type Tree } from '@anyfaas/kit'
import type { FoundFunction } from './our-functions.ts'
import { qualifiersIn } from './tags.ts'

/** A function, or one of its aliases, that may have a part. */
export interface Holder {
  readonly one: FoundFunction
  /** The alias; what was deployed last when missing. */
  readonly qualifier: string | undefined
}

/** Where a part is looked for: where it is wanted, and where the tags of a function say that it may be. */
export function holdersOf(
  part: string,
  functions: readonly FoundFunction[],
  desired: readonly Resource<Tree>[],
): readonly Holder[] {
  const wanted = new Map<string | undefined, Set<string | undefined>>()
  for (const { fn, spec } of desired) wanted.set(fn, (wanted.get(fn) ?? new Set()).add(qualifierOf(spec)))
  return functions.flatMap((one) => {
    const all = new Set([...(wanted.get(one.fn) ?? []), ...qualifiersIn(one.tags, part)])
    return [...all].map((qualifier) => ({ one, qualifier }))
  })
}

/** The alias that the spec of a part names, also while nobody knows whether it is there. */
export function qualifierOf({ Qualifier }: Tree): string | undefined {
  if (isRef(Qualifier)) return Qualifier.$ref.split('/')[2]
  return Qualifier === undefined ? undefined : String(Qualifier)
}

/** The id of a part of a function, or of one of its aliases. */
export function partId(path: string, qualifier: string | undefined): string {
  return qualifier === undefined ? path : `${path}@${qualifier}`
}

export function aliasId(fn: string, name: string): string {
  return `alias/${fn}/${name}`
}

/** The id of what a part belongs to: a function or one of its aliases. */
export function holderId(fn: string, qualifier: string | undefined): string {
  return qualifier === undefined ? `function/${fn}` : aliasId(fn, qualifier)
}

/** The ARN of what an event calls: a function, or one of its aliases. */
export function calledArn(fn: string, qualifier: string | undefined): Ref {
  return { $ref: holderId(fn, qualifier), field: qualifier === undefined ? 'FunctionArn' : 'AliasArn' }
}

/** An ARN of a function, as that and the alias that may stand behind it. */
export function splitArn(arn: unknown): readonly [arn: string, qualifier: string | undefined] {
  const parts = String(arn).split(':')
  return [parts.slice(0, 7).join(':'), parts[7]]
}
