import {
  type Auth,
  type Cors,
  checkAuth,
  type DeployedTrigger,
  type Diagnostic,
  type Fn,
  type HttpTrigger,
  httpTriggersOf,
  METHODS,
  type Method,
  routesOf,
  type Service,
  subjectOf,
  warning,
} from '@anyfaas/kit'
import { PLATFORM } from './code.ts'

/** A route of the service's HTTP API. */
export interface Route {
  readonly fn: Fn
  readonly trigger: DeployedTrigger<HttpTrigger>
  /** `GET`, `ANY`; absent for the route that takes what no other does. */
  readonly method?: Method | 'ANY'
  /** `/users/{id}`, `/files/{proxy+}`. */
  readonly path?: string
  readonly auth: Auth
}

export interface HttpPlan {
  readonly routes: readonly Route[]
  /** The API answers preflights for all routes; absent when the router inside has to. */
  readonly cors?: Cors
  readonly diagnostics: readonly Diagnostic[]
}

/** The routes of the service's one HTTP API. */
export function planHttp(service: Service): HttpPlan {
  const triggers = service.functions.flatMap((fn) =>
    httpTriggersOf(fn)
      .filter(({ trigger, urlOnly }) => trigger.enabled && !urlOnly)
      .map((trigger) => ({ fn, trigger })),
  )
  const cors = commonCors(service)
  const aggregates = service.functions.filter((fn) => fn.code.kind === 'aggregate')
  const found = new Map<string, Route>()
  const names = new Map<string, string>()
  const add = (route: Route): void => {
    const key = `${route.method ?? ''} ${route.path ?? ''}`
    if (!found.has(key)) found.set(key, route)
  }
  // What a file names outright comes before what a wildcard covers by the way.
  for (const one of triggers) for (const route of declared(one, names)) add(route)
  for (const one of triggers) for (const route of implied(one, { names, preflight: cors === undefined })) add(route)
  return {
    routes: [...found.values()],
    ...(cors && { cors }),
    diagnostics: [
      ...aggregates.flatMap((fn) => [...checkAuth(fn, subjectOf(fn, PLATFORM)), ...checkTimeouts(fn)]),
      ...(cors ? [] : triggers.flatMap(corsOfServer)),
    ],
  }
}

// The API answers preflights for all routes alike or for none, and in front of a server there is no router of ours.
function corsOfServer({ fn, trigger: { trigger } }: Owned): Diagnostic[] {
  if (!trigger.cors || (fn.code.kind !== 'custom' && fn.code.kind !== 'container')) return []
  const reason = 'the routes of the service differ in it, and the API has one answer for all'
  const message = `"cors" of a route of function "${fn.name}" is left to its server: ${reason}`
  return [warning('SLS3002', message, { pointer: `${trigger.at}/cors`, on: 'key', reason })]
}

// An aggregate has one way in, which waits as long as its slowest route.
function checkTimeouts(fn: Fn): Diagnostic[] {
  const [way] = httpTriggersOf(fn).filter(({ trigger }) => trigger.enabled)
  const reason = 'the routes of an aggregate share one way in, which waits for the slowest of them'
  return routesOf(fn)
    .filter(({ enabled, timeoutSec }) => enabled && timeoutSec !== undefined && timeoutSec !== way?.trigger.timeoutSec)
    .map(({ at }) =>
      warning('SLS3002', `"timeout" of a route of aggregate "${fn.name}" does not hold on ${PLATFORM}: ${reason}`, {
        pointer: `${at}/timeout`,
        on: 'key',
        reason,
      }),
    )
}

interface Owned {
  readonly fn: Fn
  readonly trigger: DeployedTrigger<HttpTrigger>
}

function declared({ fn, trigger }: Owned, names: Map<string, string>): Route[] {
  const { path, methods, auth } = trigger.trigger
  if (path === '/*' && methods.length === 0) return [{ fn, trigger, auth }]
  const target = templateOf(path, names)
  return methodsOf(methods).map((method) => ({ fn, trigger, auth, method, path: target }))
}

function implied(
  { fn, trigger }: Owned,
  { names, preflight }: { readonly names: Map<string, string>; readonly preflight: boolean },
): Route[] {
  const { path, methods, auth, cors } = trigger.trigger
  if (path === '/*' && methods.length === 0) return []
  const stem = path.endsWith('/*') ? [templateOf(path.slice(0, -2) || '/', names)] : []
  const paths = [templateOf(path, names), ...stem]
  const routes: Route[] = []
  for (const other of stem)
    for (const method of methodsOf(methods)) routes.push({ fn, trigger, auth, method, path: other })
  if (methods.includes('GET') && !methods.includes('HEAD'))
    for (const other of paths) routes.push({ fn, trigger, auth, method: 'HEAD', path: other })
  // A preflight bears no credentials.
  if (preflight && cors && methods.length > 0)
    for (const other of paths) routes.push({ fn, trigger, auth: { kind: 'none' }, method: 'OPTIONS', path: other })
  return routes
}

function methodsOf(methods: readonly Method[]): readonly (Method | 'ANY')[] {
  return methods.length === 0 || methods.length === METHODS.length ? ['ANY'] : methods
}

// `/users/:id` and `/users/:name` are one path to the API; the router inside reads the names anew.
function templateOf(path: string, names: Map<string, string>): string {
  if (!path.includes(':') && !path.includes('*')) return path
  const before = names.get(path)
  if (before !== undefined) return before
  const template = path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{proxy+}')
  const shape = template.replace(/\{\w+\}/g, '{}')
  const known = names.get(shape) ?? template
  // A shape has no colon and no star in it, a path has one of them.
  names.set(shape, known).set(path, known)
  return known
}

/** What all routes of the service agree on, when an API can say it: it has one answer for all of them. */
function commonCors(service: Service): Cors | undefined {
  const all = service.functions.flatMap((fn) => routesOf(fn)).filter((route) => route.enabled)
  const [first] = all
  const cors = first?.cors
  const words = JSON.stringify(cors)
  if (!cors || all.some((route) => route.cors !== cors && JSON.stringify(route.cors) !== words)) return undefined
  // With credentials browsers take no wildcards, and the router answers what was asked for.
  if (cors.credentials && (cors.origins.includes('*') || cors.headers === undefined)) return undefined
  const wanted = new Set(all.flatMap((route) => (route.methods.length === 0 ? METHODS : route.methods)))
  return {
    ...cors,
    methods: cors.methods ?? METHODS.filter((method) => wanted.has(method)),
    headers: cors.headers ?? ['*'],
  }
}
