import { type Diagnostic, error, type Pointer, suggest } from '@anyfaas/kit'
import { membershipOf } from '../normalize/aggregate.ts'
import { listOf, treeOf } from '../normalize/units.ts'
import { under } from '../pointer.ts'
import type { Tree } from '../tree.ts'
import { aggregatesOf, functionsOf, isHttp, type Named } from './outline.ts'

/** Members have to exist, belong to one aggregate, and names have to stay apart. */
export function checkAggregates(root: Tree): Diagnostic[] {
  const aggregates = aggregatesOf(root)
  if (aggregates.length === 0) return []
  const functions = functionsOf(root)
  const names = functions.map((fn) => fn.name)
  const candidates = functions.map((fn) => ({ name: fn.name, isHttp: isHttp(fn) }))
  const own = Object.fromEntries(aggregates.map((aggregate) => [aggregate.name, aggregate.own]))
  const memberships = membershipOf(own, candidates)
  const owner = new Map<string, string>()
  return aggregates.flatMap((aggregate, index) => {
    const members = memberships[index]?.members ?? []
    const found = [...unknownMembers(aggregate, names), ...clashes(aggregate, members, names)]
    const empty = members.length === 0 && names.length > 0 && found.length === 0
    return [
      ...found,
      ...(empty ? [noMembers(aggregate)] : []),
      ...members.flatMap((member) => claim(owner, member, aggregate)),
    ]
  })
}

/** Functions that a custom domain's routes name. */
export function checkDomain(root: Tree): Diagnostic[] {
  if (root['domain'] === true) {
    const help = ['domain: api.example.com, or domain: auto where the platform gives one']
    return [error('SLS1003', '"domain" is a name, or false for none', { pointer: '/domain', help })]
  }
  const names = [...functionsOf(root), ...aggregatesOf(root)].map((fn) => fn.name)
  return Object.entries(treeOf(treeOf(root['domain'])['routes'])).flatMap(([path, name]) =>
    typeof name === 'string' ? missing(name, names, under('/domain/routes', path)) : [],
  )
}

function unknownMembers(aggregate: Named, names: readonly string[]): Diagnostic[] {
  const { functions } = aggregate.own
  const at = under(aggregate.at, 'functions')
  return listOf(functions).flatMap((name, index) =>
    missing(name, names, Array.isArray(functions) ? under(at, index) : at),
  )
}

function missing(name: string, names: readonly string[], pointer: Pointer): Diagnostic[] {
  if (names.includes(name)) return []
  const near = suggest(name, names)
  return [error('SLS1043', `no function "${name}"`, { pointer, ...(near && { help: [`did you mean "${near}"?`] }) })]
}

function noMembers(aggregate: Named): Diagnostic {
  const help = ['patterns take functions with an http trigger; eventTrigger: true takes the others too']
  return error('SLS1043', `aggregate "${aggregate.name}" has no functions`, { pointer: aggregate.at, on: 'key', help })
}

function claim(owner: Map<string, string>, member: string, aggregate: Named): Diagnostic[] {
  const other = owner.get(member)
  if (other === undefined) {
    owner.set(member, aggregate.name)
    return []
  }
  const message = `function "${member}" is in aggregates "${other}" and "${aggregate.name}"`
  const help = [`take it out of one: functionsPattern: ["*", "!${member}"]`]
  return [error('SLS1044', message, { pointer: aggregate.at, on: 'key', help })]
}

// An aggregate may bear a member's name, because the member is not deployed on its own then.
function clashes(aggregate: Named, members: readonly string[], names: readonly string[]): Diagnostic[] {
  const { name } = aggregate
  if (!names.includes(name) || (members.includes(name) && aggregate.own['deployOrigin'] !== true)) return []
  const message = `aggregate "${name}" and function "${name}" would be deployed under one name`
  return [error('SLS1047', message, { pointer: aggregate.at, on: 'key' })]
}
