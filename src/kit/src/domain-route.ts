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
    if (!fn) {
      const message = `"${path}" of ${domain.name} leads to a function that is not deployed by itself`
      diagnostics.push(error('SLS1043', message, { pointer, help: ['name a function that is, or its aggregate'] }))
      continue
    }
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
  if (found.size === 0) diagnostics.push(noRoutes(domain, platform))
  return { routes: [...found.values()].sort(bySpecificity), diagnostics }
}

/** What to say of a domain that no function answers on. */
export function noRoutes(domain: Domain, platform: string): Diagnostic {
  return error('SLS3001', `${platform} has nothing to send ${domain.name} to: no function has a route`, {
    pointer: domain.at,
    on: 'key',
    help: ['give a function an http trigger, or take the domain out'],
  })
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
  /** Absent when the function that is named is not deployed by itself. */
  readonly fn: Fn | undefined
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
    return prefixPaths(path).map((prefix) => ({ path: prefix, fn, trigger: fn ? routesOf(fn) : [], pointer }))
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
