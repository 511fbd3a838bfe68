import { type Fn, membersOf } from './service.ts'
import type { HttpTrigger, Method, Trigger } from './trigger.ts'
import { METHODS } from './trigger.ts'

/** A trigger as it gets deployed. */
export interface DeployedTrigger<T extends Trigger = Trigger> {
  /** Unique in its function. The platform knows the trigger by it, and the runtime finds the member by it. */
  readonly name: string
  readonly trigger: T
  /** The function of the file that it calls; absent when a router decides (an aggregate's http trigger). */
  readonly member?: string
  /** Nobody asked for a route, only for a URL of the function's own. */
  readonly urlOnly?: true
}

/**
 * The triggers that a function gets deployed with. An aggregate has its own ones, one http trigger in front of all
 * routes of its members, and every other trigger of its members. A function with `url` and no route answers on `/*`.
 */
export function triggersOf(fn: Fn): readonly DeployedTrigger[] {
  const triggers = known.get(fn) ?? deployTriggers(fn)
  known.set(fn, triggers)
  return triggers
}

// Asked for by everything that looks at routes or events; the model never changes.
const known = new WeakMap<Fn, readonly DeployedTrigger[]>()

function deployTriggers(fn: Fn): readonly DeployedTrigger[] {
  const taken = new Set<string>()
  const own = nameAll(fn, { taken, prefix: '', member: fn.code.kind === 'aggregate' ? undefined : fn.name })
  if (fn.code.kind !== 'aggregate') return withUrl(fn, own)
  const others = fn.code.members.flatMap((member) =>
    nameAll(
      { ...member, triggers: member.triggers.filter((trigger) => trigger.kind !== 'http') },
      { taken, prefix: `${member.name}-`, member: member.name },
    ),
  )
  const hasOwnRoute = own.some(({ trigger }) => trigger.kind === 'http')
  const route = hasOwnRoute ? undefined : aggregateRoute(fn)
  return withUrl(fn, [...(route ? [{ name: 'http', trigger: route }] : []), ...own, ...others])
}

/** The triggers that a function answers, each as it stands in the file: an aggregate's routes are those of its members. */
export function placedTriggersOf(fn: Fn): readonly DeployedTrigger[] {
  const deployed = triggersOf(fn)
  if (fn.code.kind !== 'aggregate') return deployed
  const routes = [...fn.triggers.filter(({ kind }) => kind === 'http'), ...routesOf(fn)]
  return [
    ...routes.map((trigger) => ({ name: trigger.kind, trigger })),
    ...deployed.filter(({ trigger }) => trigger.kind !== 'http'),
  ]
}

/**
 * The name of a trigger inside its function: its own, else its kind. `index` counts the triggers of one kind
 * that have no name of their own, from 0.
 */
export function triggerName(trigger: Trigger, index: number): string {
  return trigger.name ?? (index === 0 ? trigger.kind : `${trigger.kind}-${index + 1}`)
}

/** The http triggers among those of a function. */
export function httpTriggersOf(fn: Fn): readonly DeployedTrigger<HttpTrigger>[] {
  return triggersOf(fn).filter((deployed): deployed is DeployedTrigger<HttpTrigger> => deployed.trigger.kind === 'http')
}

/** Every route of a function: the members' ones for an aggregate. This is what the router inside it knows. */
export function routesOf(fn: Fn): readonly HttpTrigger[] {
  if (fn.code.kind !== 'aggregate') return httpTriggersOf(fn).map(({ trigger }) => trigger)
  return membersOf(fn).flatMap((member) =>
    member.triggers.filter((trigger): trigger is HttpTrigger => trigger.kind === 'http'),
  )
}

/** The methods that have to reach the function: HEAD with GET, OPTIONS where cross-origin requests are answered. */
export function methodsIn(triggers: readonly HttpTrigger[]): readonly Method[] {
  if (triggers.some((trigger) => trigger.methods.length === 0)) return METHODS
  const wanted = new Set(triggers.flatMap((trigger) => trigger.methods))
  if (wanted.has('GET')) wanted.add('HEAD')
  if (triggers.some((trigger) => trigger.cors !== undefined)) wanted.add('OPTIONS')
  return METHODS.filter((method) => wanted.has(method))
}

/** The shortest `/a/b/*` that covers all paths: their common static segments. */
export function commonRoute(paths: readonly string[]): string {
  const [first = [], ...rest] = paths.map(staticSegments)
  let length = first.length
  for (const segments of rest) {
    let same = 0
    while (same < length && segments[same] === first[same]) same++
    length = same
  }
  return `/${[...first.slice(0, length), '*'].join('/')}`
}

function staticSegments(path: string): string[] {
  const segments = path.split('/').filter(Boolean)
  const end = segments.findIndex((segment) => segment.startsWith(':') || segment === '*')
  return end < 0 ? segments : segments.slice(0, end)
}

interface Naming {
  readonly taken: Set<string>
  readonly prefix: string
  readonly member: string | undefined
}

function nameAll(fn: Fn, { taken, prefix, member }: Naming): DeployedTrigger[] {
  const counts = new Map<string, number>()
  return fn.triggers.map((trigger) => {
    const index = trigger.name === undefined ? (counts.get(trigger.kind) ?? 0) : 0
    if (trigger.name === undefined) counts.set(trigger.kind, index + 1)
    const short = triggerName(trigger, index)
    const name = free(trigger.name !== undefined && !taken.has(short) ? short : prefix + short, taken)
    taken.add(name)
    return member === undefined ? { name, trigger } : { name, trigger, member }
  })
}

function free(name: string, taken: ReadonlySet<string>): string {
  let found = name
  for (let count = 2; taken.has(found); count++) found = `${name}-${count}`
  return found
}

function withUrl(fn: Fn, deployed: readonly DeployedTrigger[]): readonly DeployedTrigger[] {
  if (!fn.url || deployed.some(({ trigger }) => trigger.kind === 'http')) return deployed
  const trigger: HttpTrigger = {
    kind: 'http',
    at: `${fn.at}/url`,
    enabled: true,
    path: '/*',
    methods: [],
    auth: { kind: 'none' },
  }
  return [
    { name: 'http', trigger, urlOnly: true, ...(fn.code.kind !== 'aggregate' && { member: fn.name }) },
    ...deployed,
  ]
}

// The members' routes differ in method and settings; what they agree on is the aggregate's, the rest is the router's.
function aggregateRoute(fn: Fn): HttpTrigger | undefined {
  const routes = routesOf(fn).filter((route) => route.enabled)
  const [first] = routes
  if (!first) return undefined
  const timeouts = routes.flatMap((route) => route.timeoutSec ?? [])
  const agreed = routes.every((route) => JSON.stringify(route.cors) === JSON.stringify(first.cors))
  return {
    kind: 'http',
    at: first.at,
    enabled: true,
    path: commonRoute(routes.map((route) => route.path)),
    methods: [],
    auth: (routes.find((route) => route.auth.kind !== 'none') ?? first).auth,
    ...(agreed && first.cors && { cors: first.cors }),
    // A route without a limit of its own waits as long as the function does, and so do all.
    ...(timeouts.length === routes.length && { timeoutSec: Math.max(...timeouts) }),
    ...(routes.some((route) => route.streaming) && { streaming: true }),
  }
}
