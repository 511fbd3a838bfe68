import {
  type Fn,
  type HttpTrigger,
  httpTriggersOf,
  type PlatformCall,
  routesOf,
  type TriggerKind,
  triggersOf,
} from '@anyfaas/kit'
import { misuse } from './project.ts'

/** What the user says of a call. */
export interface CallWishes {
  readonly data?: string
  readonly trigger?: string
  readonly path?: string
  readonly method?: string
  readonly headers?: readonly (readonly [string, string])[]
}

/** The call that the user means: by the named kind, else by the function's first trigger. Throws SLS0002. */
export function callFor(fn: Fn, wishes: CallWishes, known: readonly string[]): PlatformCall {
  const kind = wishes.trigger ?? kindOf(fn, wishes)
  if (!known.includes(kind)) throw misuse(`there is no trigger "${kind}" to call with`, `there are ${known.join(', ')}`)
  if (kind === 'http') return httpCall(fn, wishes)
  const stray = (['path', 'method', 'headers'] as const).find((key) => wishes[key] !== undefined)
  if (stray !== undefined)
    throw misuse(`"--${stray === 'headers' ? 'header' : stray}" is for http calls, and this is "${kind}"`)
  const deployed = triggersOf(fn).find(({ trigger }) => trigger.kind === kind)
  return {
    kind: kind as Exclude<TriggerKind, 'http'>,
    data: readData(wishes.data, deployed?.trigger),
    ...(deployed && { trigger: deployed.name }),
  }
}

function kindOf(fn: Fn, wishes: CallWishes): TriggerKind {
  if (wishes.path !== undefined || wishes.method !== undefined) return 'http'
  return triggersOf(fn)[0]?.trigger.kind ?? 'event'
}

function httpCall(fn: Fn, wishes: CallWishes): PlatformCall {
  const [route] = routesOf(fn)
  const headers = [...(wishes.headers ?? [])]
  const body = wishes.data === undefined ? undefined : new TextEncoder().encode(wishes.data)
  const isTyped = headers.some(([name]) => name.toLowerCase() === 'content-type')
  if (body && !isTyped)
    headers.push(['content-type', isJson(wishes.data ?? '') ? 'application/json' : 'text/plain; charset=utf-8'])
  return {
    kind: 'http',
    method: (wishes.method ?? methodOf(route, body !== undefined)).toUpperCase(),
    url: wishes.path === undefined ? pathOf(fn, route) : wishes.path.startsWith('/') ? wishes.path : `/${wishes.path}`,
    headers,
    ...(body && { body }),
  }
}

function methodOf(route: HttpTrigger | undefined, hasBody: boolean): string {
  const methods = route?.methods ?? []
  if (methods.length > 0)
    return (hasBody ? methods.find((method) => method !== 'GET') : undefined) ?? methods[0] ?? 'GET'
  return hasBody ? 'POST' : 'GET'
}

// A parameter has no value of its own to call with.
function pathOf(fn: Fn, route: HttpTrigger | undefined): string {
  const path = route?.path ?? httpTriggersOf(fn)[0]?.trigger.path ?? '/'
  if (path.includes(':'))
    throw misuse(`the route of "${fn.name}" has parameters: ${path}`, `--path ${path.replace(/:\w+/g, '1')}`)
  return path.replace(/\*$/, '')
}

// JSON as its value, anything else as text; a timer without data carries its own payload.
function readData(
  data: string | undefined,
  trigger: { readonly kind: TriggerKind; readonly payload?: unknown } | undefined,
): unknown {
  if (data === undefined) return trigger?.kind === 'timer' ? trigger.payload : undefined
  return isJson(data) ? (JSON.parse(data) as unknown) : data
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // Not JSON: it is text.
    return false
  }
}
