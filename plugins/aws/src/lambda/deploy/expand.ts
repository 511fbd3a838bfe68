import {
  type Diagnostic,
  fillPlaceholders,
  isMap,
  type Resource,
  type Service,
  SlsError,
  type Tree,
} from '@anyfaas/kit'
import { cannot } from './cannot.ts'
import { expandApi, expandRoutes } from './expand-api.ts'
import { type EventContext, expandEvent } from './expand-event.ts'
import { expandFunction } from './expand-function.ts'
import { expandLogGroups } from './expand-log-groups.ts'
import type { Place } from './site.ts'

export interface Expansion {
  readonly service: Service
  readonly place: Place
  /** Function -> the mark of its code. */
  readonly marks: Readonly<Record<string, string>>
}

/**
 * The things of the API that the words of SAM stand for. Every field that we manage has a value, so that a setting
 * taken out of the file goes back to its default. Throws SLS2004 for what only CloudFormation can make.
 */
export function expand(given: readonly Resource[], { service, place, marks }: Expansion): readonly Resource[] {
  const { region, account, partition } = place
  const resources = fillPlaceholders(given, { region, account, partition }) as readonly Resource<Tree>[]
  const { logGroups, problems } = expandLogGroups(service, { region, account, partition })
  problems.push(...leftOut(service))
  const events = resources.filter(({ type }) => type === 'aws:event')
  const context: EventContext = {
    service,
    place,
    problems,
    buckets: bucketsOf(resources),
    logGroups: new Set(logGroups.map(({ id }) => id)),
  }
  const triggers = events.flatMap((event) => (event.spec['Type'] === 'HttpApi' ? [] : expandEvent(event, context)))
  const routes = expandRoutes(events.filter(({ spec }) => spec['Type'] === 'HttpApi'))
  const own = [...triggers, ...routes]
  const others = resources.flatMap((resource): readonly Resource[] => {
    switch (resource.type) {
      case 'aws:function':
        return expandFunction(resource, { service, marks, problems, others: own, logGroups })
      case 'aws:http-api':
        return expandApi(resource, problems)
      case 'aws:role':
        return [{ ...resource, spec: { ManagedPolicyArns: [], Policies: [], ...resource.spec } }]
      case 'aws:schedule-group':
        return [resource]
      default:
        return []
    }
  })
  if (problems.length > 0) throw new SlsError(problems)
  return [...logGroups, ...others, ...own]
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
