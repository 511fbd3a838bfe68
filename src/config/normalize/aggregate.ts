import type { Tree } from '../tree.ts'
import { listOf } from './units.ts'

/** What membership asks of a function. */
export interface Candidate {
  readonly name: string
  readonly isHttp: boolean
}

/** Which functions an aggregate takes, by name. */
export interface Membership {
  readonly name: string
  readonly members: readonly string[]
}

/**
 * Who belongs to which aggregate. A list takes what it names; a pattern takes what it matches and no list
 * names: http functions, with `eventTrigger` all of them.
 */
export function membershipOf(
  aggregation: Readonly<Record<string, Tree>>,
  functions: readonly Candidate[],
): Membership[] {
  const listed = new Set(Object.values(aggregation).flatMap((aggregate) => listOf(aggregate['functions'])))
  return Object.entries(aggregation).map(([name, aggregate]) => {
    const own = new Set(listOf(aggregate['functions']))
    const matches = matcher(listOf(aggregate['functionsPattern']))
    const members = functions.filter((fn) => {
      if (own.has(fn.name)) return true
      return matches(fn.name) && !listed.has(fn.name) && (aggregate['eventTrigger'] === true || fn.isHttp)
    })
    return { name, members: members.map((fn) => fn.name) }
  })
}

// A name is taken when a positive pattern matches and no negative one; negative ones alone mean all others.
function matcher(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.length === 0) return () => false
  const negative = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => globOf(pattern.slice(1)))
  const positive = patterns.filter((pattern) => !pattern.startsWith('!')).map(globOf)
  return (name) =>
    (positive.length === 0 || positive.some((glob) => glob.test(name))) && !negative.some((glob) => glob.test(name))
}

// Names have no slashes, so `*`, `?` and `{a,b}` are all there is.
function globOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\{([^{}]*)\}/g, (_, list: string) => `(?:${list.replaceAll(',', '|')})`)
  return new RegExp(`^${source.replace(/[{}]/g, '\\$&')}$`)
}
