import {
  type Diagnostic,
  fillPlaceholders,
  isMap,
  isRef,
  type Resource,
  type Service,
  SlsError,
  type Tree,
} from '@anyfaas/kit'
import { cannot } from './cannot.ts'
import { apart } from './claims.ts'
import { apiRole, expandApi, expandRoutes } from './expand-api.ts'
import { type EventContext, expandEvent } from './expand-event.ts'
import { expandFunction } from './expand-function.ts'
import { expandLogGroups } from './expand-log-groups.ts'
import { qualifierOf } from './qualifiers.ts'
import type { Place } from './site.ts'

export interface Expansion {
  readonly service: Service
  readonly place: Place
  /** Function -> the mark of its code. */
  readonly marks: Readonly<Record<string, string>>
  /** An alias that something else moves. */
  readonly heldAlias?: string | undefined
}

/**
 * The things of the API that the words of SAM stand for. Every field that we manage has a value, so that a setting
 * taken out of the file goes back to its default. Throws SLS2004 for what only CloudFormation can make.
 */
export function expand(
  given: readonly Resource[],
  { service, place, marks, heldAlias }: Expansion,
): readonly Resource[] {
  const resources = fillPlaceholders(given, { ...place }) as readonly Resource<Tree>[]
  const { logGroups, problems } = expandLogGroups(service, { ...place })
  problems.push(...leftOut(service))
  const events = qualify(resources)
  const context: EventContext = {
    service,
    place,
    problems,
    buckets: bucketsOf(resources),
    logGroups: new Set(logGroups.map(({ id }) => id)),
  }
  const triggers = apart(
    events.flatMap((event) => (event.spec['Type'] === 'HttpApi' ? [] : expandEvent(event, context))),
  )
  const makesRoles = resources.some(({ type }) => type === 'aws:role')
  const routes = expandRoutes(
    events.filter(({ spec }) => spec['Type'] === 'HttpApi'),
    makesRoles ? apiRole(service, place) : undefined,
  )
  const called = calledIn(events)
  const own = [...triggers, ...routes] as readonly Resource<Tree>[]
  const permissions = permissionsOf(own)
  const groups = new Map(logGroups.map(({ id, spec }) => [spec['LogGroupName'], id]))
  const others = resources.flatMap((resource): readonly Resource[] => {
    switch (resource.type) {
      case 'aws:function':
        return expandFunction(resource, {
          ...{ service, marks, problems, heldAlias },
          logGroups: groups,
          permissions: permissions.get(resource.id.slice('function/'.length)) ?? [],
          called: called.get(resource.id) ?? new Set(),
        })
      case 'aws:http-api':
        return expandApi(resource, problems)
      case 'aws:role':
        return [wholeRole(resource)]
      case 'aws:schedule-group':
        return [resource]
      default:
        return []
    }
  })
  if (problems.length > 0) throw new SlsError(problems)
  return [...logGroups, ...others, ...own.map((one) => (one.type === 'aws:role' ? wholeRole(one) : one))]
}

// Function -> the permissions of its events.
function permissionsOf(
  resources: readonly Resource<Tree>[],
): ReadonlyMap<string | undefined, readonly Resource<Tree>[]> {
  const found = new Map<string | undefined, Resource<Tree>[]>()
  for (const one of resources) {
    if (one.type !== 'aws:permission') continue
    const own = found.get(one.fn)
    if (own) own.push(one)
    else found.set(one.fn, [one])
  }
  return found
}

function wholeRole(role: Resource<Tree>): Resource<Tree> {
  return { ...role, spec: { ManagedPolicyArns: [], Policies: [], ...role.spec } }
}

// The events, each with the alias that it calls: its own, or what its function lets all of them call.
function qualify(resources: readonly Resource<Tree>[]): readonly Resource<Tree>[] {
  const usual = new Map(resources.map(({ id, spec }) => [id, spec['AutoPublishAlias']]))
  return resources.flatMap((event) => {
    if (event.type !== 'aws:event') return []
    const { Qualifier = usual.get(targetOf(event)), ...spec } = event.spec
    return [{ ...event, spec: { ...spec, ...(Qualifier !== undefined && { Qualifier }) } }]
  })
}

// Function -> what its events call of it.
function calledIn(events: readonly Resource<Tree>[]): ReadonlyMap<string, ReadonlySet<string | undefined>> {
  const found = new Map<string, Set<string | undefined>>()
  for (const event of events) {
    const id = targetOf(event)
    found.set(id, (found.get(id) ?? new Set()).add(qualifierOf(event.spec)))
  }
  return found
}

function targetOf({ spec }: Resource<Tree>): string {
  const target = spec['FunctionName']
  if (!isRef(target)) throw new Error('an event without its function')
  return target.$ref
}

// Buckets are there already: only their notifications are the service's.
function bucketsOf(resources: readonly Resource<Tree>[]): ReadonlyMap<string, string> {
  const buckets = resources.filter(({ type }) => type === 'aws:bucket')
  return new Map(buckets.map(({ id, spec }) => [id, String(spec['BucketName'])]))
}

function leftOut(service: Service): readonly Diagnostic[] {
  const { Resources = {}, ...sections } = (service.overrides['aws'] ?? {}) as Tree
  const ofFunctions = Object.values(isMap(Resources) ? Resources : {}).every(
    (one) => isMap(one) && Object.keys(one).join() === 'Properties',
  )
  return [
    ...(Object.keys(sections).length > 0 || !ofFunctions
      ? [cannot('overrides.aws beside properties of functions', '/overrides/aws')]
      : []),
  ]
}
