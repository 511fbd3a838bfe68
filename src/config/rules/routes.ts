import { type Diagnostic, type Method, warning } from '@anyfaas/kit'
import { parseMethods, splitRoute } from '../forms.ts'
import { listOf } from '../normalize/units.ts'
import { parsePath } from '../path.ts'
import type { Tree } from '../tree.ts'
import { type Event, eventsOf, functionsOf } from './outline.ts'

/** Two triggers that answer the same requests: on a shared address only the first of them can. */
export function checkRoutes(root: Tree): Diagnostic[] {
  const owner = new Map<string, string>()
  return functionsOf(root).flatMap((fn) =>
    eventsOf(fn).flatMap((event) => {
      const routes = routesOf(event)
      const taken = routes.find((route) => owner.has(route))
      const first = owner.get(taken ?? '')
      for (const route of routes) if (!owner.has(route)) owner.set(route, fn.name)
      return taken === undefined || first === undefined ? [] : [conflict(event, taken, first, fn.name)]
    }),
  )
}

function conflict(event: Event, route: string, first: string, second: string): Diagnostic {
  const shown = route.replaceAll('/:_', '/:…')
  const place = { pointer: event.at, on: 'key' as const }
  if (first === second) {
    const help = ['what the first of them says holds; make one trigger of the two']
    return warning('SLS1042', `two triggers of "${first}" answer ${shown}`, { ...place, help })
  }
  const help = [`on a shared address "${first}" gets it; give one of them another path or method`]
  return warning('SLS1042', `functions "${first}" and "${second}" both answer ${shown}`, { ...place, help })
}

function routesOf(event: Event): string[] {
  if (event.kind !== 'http') return []
  const short = typeof event.given === 'string' ? splitRoute(event.given) : undefined
  const method = short?.method ?? event.options['method']
  const path = short?.path ?? event.options['path']
  if (typeof path === 'symbol' || typeof method === 'symbol') return []
  const parsed = parsePath(typeof path === 'string' ? path : '/*')
  if ('reason' in parsed) return []
  const lists = listOf(method).map((text) => parseMethods(text) ?? [])
  const isAny = lists.length === 0 || lists.some((list) => list.length === 0)
  const methods = isAny ? ['ANY'] : lists.length === 1 ? (lists[0] as readonly Method[]) : lists.flat()
  // Parameters of other names are the same route.
  const shape = parsed.path.replace(/:\w+/g, ':_')
  return methods.map((name) => `${name} ${shape}`)
}
