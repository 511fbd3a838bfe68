import { mergeTree, type Resource } from '@anyfaas/kit'
import { calledBy } from './alias.ts'
import type { Guards } from './auth.ts'
import type { Route } from './http.ts'

/** A route of the API as an event of its function. */
export function translateRoutes(routes: readonly Route[], guards: Guards): readonly Resource[] {
  return routes.map((route) => {
    const { fn, trigger, method, path } = route
    const auth = guards.of(route.auth)
    const { timeoutSec, overrides, at } = trigger.trigger
    const Qualifier = calledBy(trigger.trigger)
    const Properties = {
      ApiId: { $ref: 'api', field: 'ApiId' },
      ...(path !== undefined && { Path: path, Method: method }),
      ...(auth && { Auth: auth }),
      ...(timeoutSec !== undefined && { TimeoutInMillis: timeoutSec * 1000 }),
      PayloadFormatVersion: '2.0',
    }
    return {
      id: path === undefined ? 'route/default' : `route/${method} ${path}`,
      type: 'aws:event',
      spec: {
        FunctionName: { $ref: `function/${fn.name}`, field: 'FunctionName' },
        Type: 'HttpApi',
        Properties: mergeTree(Properties, overrides?.['aws']),
        ...(Qualifier !== undefined && { Qualifier }),
      },
      at,
    }
  })
}
