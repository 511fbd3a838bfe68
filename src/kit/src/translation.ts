import { type DeployedTrigger, httpTriggersOf, placedTriggersOf, routesOf } from './deployed.ts'
import { type Diagnostic, error, warning } from './diagnostic.ts'
import { type Mapped, mapFields, refusal, type Subject } from './fields.ts'
import { mergeTree } from './merge.ts'
import type { Fn } from './service.ts'
import type { Refuse, TriggerRow, TriggerTable } from './tables.ts'
import type { HttpTrigger, Trigger } from './trigger.ts'

/** A trigger in the platform's words. */
export interface MappedTrigger {
  readonly name: string
  /** The platform's word for its kind. */
  readonly type: string
  readonly spec: Record<string, unknown>
  readonly deployed: DeployedTrigger
}

/**
 * Reads triggers by a table. A kind that the platform lacks becomes an error; one that is switched off and cannot be
 * on the platform is left out.
 */
export function mapTriggers(
  triggers: readonly DeployedTrigger[],
  table: TriggerTable,
  subject: Subject,
): { readonly triggers: readonly MappedTrigger[]; readonly diagnostics: readonly Diagnostic[] } {
  const mapped: MappedTrigger[] = []
  const diagnostics: Diagnostic[] = []
  for (const deployed of triggers) {
    const { trigger } = deployed
    const row = table[trigger.kind] as TriggerRow<Trigger> | Refuse
    if ('refuse' in row) {
      diagnostics.push(
        refusal(`${subject.platform} cannot do the ${trigger.kind} trigger of ${subject.name}`, row, {
          pointer: trigger.at,
          on: 'key',
        }),
      )
      continue
    }
    if (row.switchless && !trigger.enabled) continue
    // An interval stands under a key of its own.
    const keys =
      trigger.kind === 'timer' && trigger.schedule.kind === 'every'
        ? { ...subject.keys, schedule: 'every' }
        : subject.keys
    const name = `the ${trigger.kind} trigger of ${subject.name}`
    const fields: Mapped = mapFields(row.fields, trigger, keys ? { ...subject, keys, name } : { ...subject, name })
    diagnostics.push(...fields.diagnostics)
    // `event` is any call that the platform can make: there is nothing to deploy for it.
    if (trigger.kind !== 'event')
      mapped.push({ name: deployed.name, type: row.type, spec: mergeTree(row.always ?? {}, fields.spec), deployed })
  }
  return { triggers: mapped, diagnostics }
}

/** Several http triggers as the one that stands for them, where a platform has one for a function. */
export function joinHttp(
  fn: Fn,
  subject: Subject,
): { readonly joined?: DeployedTrigger<HttpTrigger>; readonly diagnostics: readonly Diagnostic[] } {
  const active = httpTriggersOf(fn).filter(({ trigger }) => trigger.enabled)
  const [first, ...rest] = active
  if (!first) return { diagnostics: [] }
  const joined = rest.length === 0 ? first : { ...first, trigger: joinTriggers(active.map(({ trigger }) => trigger)) }
  return { joined, diagnostics: checkAuth(fn, subject) }
}

/** What a table says of every route that one trigger stands for, each at its own place. */
export function judgeRoutes(fn: Fn, table: TriggerTable, subject: Subject): readonly Diagnostic[] {
  const routes = placedTriggersOf(fn).filter(({ trigger }) => trigger.kind === 'http')
  const isServer = fn.code.kind === 'custom' || fn.code.kind === 'container'
  return [
    ...mapTriggers(routes, table, subject).diagnostics,
    ...leftOutRoutes(fn, subject),
    ...(isServer ? sharedRoutes(fn).flatMap((route) => leftToServer(route, table, subject)) : []),
    ...(isServer ? stillOpenRoutes(fn, subject) : []),
    ...leftToMembers(fn, table, subject),
  ]
}

// Behind the one address of a server every path is open that the server answers.
function stillOpenRoutes(fn: Fn, { platform, name }: Subject): readonly Diagnostic[] {
  if (sharedRoutes(fn).length === 0) return []
  return httpTriggersOf(fn)
    .filter(({ trigger }) => !trigger.enabled)
    .map(({ trigger }) => {
      const message = `a disabled route of ${name} stays open: ${platform} passes on to the server whatever comes to another route's address`
      return warning('SLS3002', message, { pointer: `${trigger.at}/enabled`, on: 'value' })
    })
}

// The way into an aggregate is its own; which methods are answered and to whom is said by the routes of its members.
function leftToMembers(fn: Fn, table: TriggerTable, { platform, name }: Subject): readonly Diagnostic[] {
  if (fn.code.kind !== 'aggregate') return []
  const row = table.http as TriggerRow<HttpTrigger>
  return httpTriggersOf(fn)
    .filter(({ trigger }) => trigger.enabled && fn.triggers.includes(trigger))
    .flatMap(({ trigger }) => [
      ...(trigger.cors ? [{ at: trigger.at, key: 'cors' }] : []),
      ...('emulated' in row.fields.methods && trigger.methods.length > 0 ? [{ at: trigger.at, key: 'method' }] : []),
    ])
    .map(({ at, key }) => {
      const message = `"${key}" of the own route of ${name} does not hold on ${platform}: each route of its members has its own`
      return warning('SLS3002', message, { pointer: `${at}/${key}`, on: 'key' })
    })
}

const OF_ONE = ['name', 'qualifier', 'role', 'overrides'] as const

// What routes say that only the one trigger for all of them can have: that of the first, or of an aggregate itself.
function leftOutRoutes(fn: Fn, { platform, name }: Subject): readonly Diagnostic[] {
  const [first, ...rest] = sharedRoutes(fn)
  const others = first && isDerived(fn) ? [first, ...rest] : rest
  return others.flatMap((route) =>
    OF_ONE.filter((key) => route[key] !== undefined).map((key) => {
      const message = `"${key}" of a route is left out: ${platform} has one http trigger for all routes of ${name}`
      return warning('SLS3002', message, { pointer: `${route.at}/${key}`, on: 'key' })
    }),
  )
}

// In front of a server of the user's own there is no router of ours.
function leftToServer(route: HttpTrigger, table: TriggerTable, { platform, name }: Subject): Diagnostic[] {
  const row = table.http as TriggerRow<HttpTrigger>
  return (['cors', 'methods'] as const)
    .filter((key) => 'emulated' in row.fields[key] && (key === 'cors' ? route.cors : route.methods.length > 0))
    .map((key) => {
      const word = key === 'methods' ? 'method' : key
      const message = `"${word}" of a route is left to the server of ${name}: ${platform} passes requests on as they are`
      return warning('SLS3002', message, { pointer: `${route.at}/${word}`, on: 'key' })
    })
}

function sharedRoutes(fn: Fn): readonly HttpTrigger[] {
  const routes = isDerived(fn) ? routesOf(fn) : httpTriggersOf(fn).map(({ trigger }) => trigger)
  return routes.filter(({ enabled }) => enabled)
}

// An aggregate without a route of its own answers those of its members.
function isDerived(fn: Fn): boolean {
  return fn.code.kind === 'aggregate' && !fn.triggers.some(({ kind }) => kind === 'http')
}

/** Routes that share one trigger and ask for different ways to let callers in. */
export function checkAuth(fn: Fn, { platform, name }: Subject): readonly Diagnostic[] {
  const [first, ...rest] = sharedRoutes(fn)
  return rest
    .filter(({ auth }) => auth !== first?.auth && JSON.stringify(auth) !== JSON.stringify(first?.auth))
    .map(({ at }) =>
      error('SLS3001', `${platform} has one way into ${name}, and its routes ask for different "auth"`, {
        pointer: `${at}/auth`,
        on: 'value',
        help: [`give all routes of ${fn.name} the same auth, or make two functions of it`],
      }),
    )
}

function joinTriggers(triggers: readonly HttpTrigger[]): HttpTrigger {
  const [first] = triggers as [HttpTrigger]
  const methods = triggers.some((trigger) => trigger.methods.length === 0)
    ? []
    : [...new Set(triggers.flatMap((trigger) => trigger.methods))]
  const cors = triggers.find((trigger) => trigger.cors)?.cors
  const timeouts = triggers.flatMap((trigger) => trigger.timeoutSec ?? [])
  return {
    ...first,
    methods,
    ...(cors && { cors }),
    ...(timeouts.length > 0 && { timeoutSec: Math.max(...timeouts) }),
    ...(triggers.some((trigger) => trigger.streaming) && { streaming: true }),
  }
}

/** A function by its kind and name, for messages. */
export function subjectOf(fn: Fn, platform: string): Subject {
  return { platform, name: `${fn.code.kind === 'aggregate' ? 'aggregate' : 'function'} "${fn.name}"` }
}

/** Two functions that would become one on the platform. */
export function checkUnique(
  functions: readonly Fn[],
  nameOf: (fn: Fn) => string,
  platform: string,
): readonly Diagnostic[] {
  const seen = new Map<string, Fn>()
  return functions.flatMap((fn) => {
    const name = nameOf(fn)
    const other = seen.get(name)
    seen.set(name, fn)
    return other
      ? [
          error('SLS1047', `"${other.name}" and "${fn.name}" would both be "${name}" on ${platform}`, {
            pointer: fn.at,
            on: 'key',
            help: ['rename one of them'],
          }),
        ]
      : []
  })
}
