import { httpTriggersOf, methodsIn, routesOf } from './deployed.ts'
import { type Diagnostic, error } from './diagnostic.ts'
import type { Domain, Fn, Service } from './service.ts'
import type { HttpTrigger, Method } from './trigger.ts'

/** A path of a custom domain, exact or ending in `/*`, and the function that answers it. */
export interface DomainRoute {
  readonly path: string
  readonly fn: Fn
  readonly methods: readonly Method[]
}

/**
 * The paths of a custom domain on a platform that knows exact paths and prefixes: a parameter becomes a prefix, and the
 * router inside the function finds the rest. Two functions that come out on one path are an error.
 */
export function domainRoutes(
  service: Service,
  domain: Domain,
  platform: string,
): { readonly routes: readonly DomainRoute[]; readonly diagnostics: readonly Diagnostic[] } {
  const found = new Map<string, DomainRoute>()
  const diagnostics: Diagnostic[] = []
  for (const { path, fn, trigger, pointer } of wanted(service, domain)) {
    const known = found.get(path)
    if (known && known.fn !== fn) {
      diagnostics.push(
        error(
          'SLS3001',
          `${platform} sends "${path}" of ${domain.name} to one function, and both "${known.fn.name}" and "${fn.name}" answer it`,
          {
            pointer,
            on: 'value',
            help: ['make one aggregate of the two, or give them paths that differ before the first parameter'],
          },
        ),
      )
    } else {
      const methods = methodsIn(trigger)
      found.set(path, { path, fn, methods: known ? union(known.methods, methods) : methods })
    }
  }
  return { routes: [...found.values()].sort(bySpecificity), diagnostics }
}

/** `/a/:id/x` -> `/a/*`; `/a/*` -> `/a` and `/a/*`, for a route's wildcard takes its own stem too. */
export function prefixPaths(path: string): readonly string[] {
  const segments = path.split('/').filter(Boolean)
  const end = segments.findIndex((segment) => segment.startsWith(':') || segment === '*')
  if (end < 0) return [path]
  const stem = `/${segments.slice(0, end).join('/')}`
  const wild = stem === '/' ? '/*' : `${stem}/*`
  return segments[end] === '*' && stem !== '/' ? [stem, wild] : [wild]
}

interface Wanted {
  readonly path: string
  readonly fn: Fn
  readonly trigger: readonly HttpTrigger[]
  readonly pointer: string
}

function wanted(service: Service, domain: Domain): Wanted[] {
  if (!domain.routes) {
    return service.functions.flatMap((fn) =>
      httpTriggersOf(fn)
        .filter(({ trigger }) => trigger.enabled)
        .flatMap(({ trigger }) =>
          prefixPaths(trigger.path).map((path) => ({ path, fn, trigger: [trigger], pointer: `${trigger.at}/path` })),
        ),
    )
  }
  return Object.entries(domain.routes).flatMap(([path, name]) => {
    const fn = service.functions.find((candidate) => candidate.name === name)
    const pointer = `${domain.at}/routes/${path.replaceAll('~', '~0').replaceAll('/', '~1')}`
    return fn ? prefixPaths(path).map((prefix) => ({ path: prefix, fn, trigger: routesOf(fn), pointer })) : []
  })
}

function union(a: readonly Method[], b: readonly Method[]): readonly Method[] {
  return [...new Set([...a, ...b])]
}

// Exact before wildcard, long before short: platforms that look from the top find the right one.
function bySpecificity(a: DomainRoute, b: DomainRoute): number {
  const wild = Number(a.path.endsWith('*')) - Number(b.path.endsWith('*'))
  return wild || b.path.length - a.path.length || (a.path < b.path ? -1 : 1)
}
