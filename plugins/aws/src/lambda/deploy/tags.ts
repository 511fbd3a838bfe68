import { type Call, MARKS, type Tree } from '@anyfaas/kit'
import { unlessMissing } from './kind.ts'
import type { Site } from './site.ts'

/**
 * A tag of a function that says that it, or one of its aliases, has or may have a setting that no list tells: a function URL, a
 * policy. It is there before the setting and goes after it, so that a plan asks for the setting where there is one and nowhere else.
 */
export function hintOf(part: string, qualifier?: string): string {
  return HINT + (qualifier === undefined ? part : `${part}:${qualifier}`)
}

const HINT = 'anyfaas-has-'

export function isHint(tag: string): boolean {
  return tag.startsWith(HINT)
}

/** The aliases of which the tags say that they may have a part; undefined stands for the function itself. */
export function qualifiersIn(tags: Tree, part: string): readonly (string | undefined)[] {
  const own = `${hintOf(part)}:`
  return Object.keys(tags).flatMap((tag) =>
    tag === hintOf(part) ? [undefined] : tag.startsWith(own) ? [tag.slice(own.length)] : [],
  )
}

/** The tags that count: not the platform's own, not the seal, and not the hints that nobody asks for any more. */
export function ownTags(tags: Readonly<Record<string, unknown>>, wanted: Tree = {}): Tree {
  return Object.fromEntries(
    Object.entries(tags).filter(
      ([key]) => !key.startsWith('aws:') && key !== MARKS.code && (!isHint(key) || key in wanted),
    ),
  )
}

export interface Retagging {
  readonly arn: string
  readonly live: Tree
  readonly wanted: Tree
  readonly about: string
}

/** Gives a function the tags that it shall have, and takes away the others. */
export async function retag({ api }: Site, { arn, live, wanted, about }: Retagging, call: Call): Promise<void> {
  const gone = Object.keys(live).filter((key) => !(key in wanted))
  const request = { service: 'lambda', about } as const
  if (gone.length > 0)
    await api.call({ ...request, action: 'UntagResource', input: { Resource: arn, TagKeys: gone } }, call)
  await api.call({ ...request, action: 'TagResource', input: { Resource: arn, Tags: wanted } }, call)
}

/** Notes what code a function is about to get: until it has it, the seal says nothing. */
export async function seal({ api }: Site, arn: string, text: string, call: Call): Promise<void> {
  const input = { Resource: arn, Tags: { [MARKS.code]: text } }
  await api.call({ service: 'lambda', action: 'TagResource', input, about: arn }, call)
}

/** Says that a function no longer has what a hint says. */
export async function dropHint({ api }: Site, arn: string, hint: string, call: Call): Promise<void> {
  const input = { Resource: arn, TagKeys: [hint] }
  await unlessMissing(api.call({ service: 'lambda', action: 'UntagResource', input, about: arn }, call))
}

/** `[{Key, Value}]` as a map. */
export function tagMap(tags: unknown): Record<string, string> {
  const list = (tags ?? []) as readonly { Key: string; Value: string }[]
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]))
}

/** The same the other way. */
export function tagList(tags: Readonly<Record<string, unknown>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, value]) => ({ Key, Value: String(value) }))
}
