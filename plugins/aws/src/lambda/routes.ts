import { mergeTree, type Resource, type Tree } from '@anyfaas/kit'
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
    const Properties: Tree = { ApiId: { $ref: 'api', field: 'ApiId' } }
    if (path !== undefined) Object.assign(Properties, { Path: path, Method: method })
    if (auth) Properties['Auth'] = auth
    if (timeoutSec !== undefined) Properties['TimeoutInMillis'] = timeoutSec * 1000
    Properties['PayloadFormatVersion'] = '2.0'
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
