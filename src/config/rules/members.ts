import { type Diagnostic, error, warning } from '@anyfaas/kit'
import { membershipOf } from '../normalize/aggregate.ts'
import { listOf, treeOf } from '../normalize/units.ts'
import { under } from '../pointer.ts'
import { isTree, type Tree } from '../tree.ts'
import { aggregatesOf, functionsOf, isHttp, type Named } from './outline.ts'

// What is deployed is the aggregate. Its members keep their handler, initializer, signature, environment, secrets, outputs,
// triggers and package options.
const OWN_TO_AGGREGATE = [
  ...['runtime', 'timeout', 'memorySize', 'cpu', 'diskSize', 'role', 'vpc', 'logs', 'tags'],
  ...['concurrency', 'async', 'url', 'description', 'overrides'],
] as const

/** Settings of members that nothing is deployed with, and functions that cannot be members. */
export function checkMembers(root: Tree): Diagnostic[] {
  const functions = functionsOf(root)
  const aggregates = aggregatesOf(root)
  const candidates = functions.map((fn) => ({ name: fn.name, isHttp: isHttp(fn) }))
  const own = Object.fromEntries(aggregates.map((aggregate) => [aggregate.name, aggregate.own]))
  const memberships = membershipOf(own, candidates)
  return aggregates.flatMap((aggregate, index) => {
    const names = new Set(memberships[index]?.members)
    const members = functions.filter(({ name }) => names.has(name))
    return members.flatMap((member) => {
      const server = serverKey(member, root)
      if (server !== undefined) return [notAMember(member, aggregate, server)]
      return aggregate.own['deployOrigin'] === true ? [] : idle(member, aggregate, root)
    })
  })
}

// A program of its own, which no router can call from inside a process.
function serverKey({ own }: Named, root: Tree): string | undefined {
  const runtime = own['runtime'] ?? treeOf(root['provider'])['runtime']
  const key = ['container', 'image', 'custom'].find((one) => own[one] !== undefined && own[one] !== null)
  return key ?? (runtime === 'custom' || runtime === 'container' ? 'runtime' : undefined)
}

function notAMember(member: Named, aggregate: Named, key: string): Diagnostic {
  const message = `function "${member.name}" is a server of its own and cannot be in aggregate "${aggregate.name}"`
  const help = [`leave it out: functionsPattern: ["*", "!${member.name}"]`]
  return error('SLS1049', message, { pointer: under(member.at, key), on: 'key', help })
}

function idle(member: Named, aggregate: Named, root: Tree): Diagnostic[] {
  const provider = treeOf(root['provider'])
  const deployed = (key: string): unknown => aggregate.own[key] ?? provider[key]
  const keys: string[] = OWN_TO_AGGREGATE.filter(
    (key) => !isDefault(key, member.own[key]) && !holds(member.own[key], deployed(key)),
  )
  // Without one of its own the aggregate waits for each member as long as it asks for.
  if (deployed('initTimeout') !== undefined && !holds(member.own['initTimeout'], deployed('initTimeout')))
    keys.push('initTimeout')
  const known = Object.keys(treeOf(root['layers']))
  const layers = isTree(member.own['layers']) ? [] : listOf(member.own['layers'])
  const theirs = listOf(aggregate.own['layers'])
  if (layers.some((name) => !known.includes(name) && !theirs.includes(name))) keys.push('layers')
  return keys.map((key) => {
    const message = `function "${member.name}" is deployed as a part of aggregate "${aggregate.name}", so its "${key}" does not apply`
    const help = [`set it for all of them: aggregation.${aggregate.name}.${key}`]
    return warning('SLS1048', message, { pointer: under(member.at, key), on: 'key', help })
  })
}

// What a member asks for is there when every part of it is.
function holds(wanted: unknown, deployed: unknown): boolean {
  if (wanted === undefined || wanted === null) return true
  if (isTree(wanted)) return Object.entries(wanted).every(([key, value]) => holds(value, treeOf(deployed)[key]))
  return JSON.stringify(wanted) === JSON.stringify(deployed)
}

function isDefault(key: string, value: unknown): boolean {
  return key === 'url' && value === false
}
