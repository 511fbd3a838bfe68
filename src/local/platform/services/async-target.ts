import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AsyncCalls } from '../../async/async-calls.ts'
import type { AsyncTarget } from '../../async/target.ts'
import { refuseOtherSites } from '../door/other-sites.ts'
import { limitsOf } from '../instances/limits.ts'
import { ownName } from './own-name.ts'
import type { ServiceHost } from './service-host.ts'

/** Of a function whose processes take any number of calls. */
const DEFAULT_PLACES = 64

/** A function of a service as asynchronous calls see it; undefined when it has none of this name. */
export function asyncTarget(host: ServiceHost, name: string): AsyncTarget | undefined {
  const found = host.find(name)
  if (!found) return undefined
  const { max, instance } = limitsOf(found.spec)
  const places = Math.min(DEFAULT_PLACES, max * instance)
  const spec = found.spec.async ?? {}
  const { name: service, stage, port = 0, isSecure } = host
  return {
    service,
    stage,
    name,
    port,
    isSecure,
    spec,
    places,
    take: (event, id) => found.take(event, id),
    tell: (text) => found.tell(text),
  }
}

/** Answers what is an asynchronous call of the service's functions; false for any other request. */
export function takeAsync(calls: AsyncCalls, host: ServiceHost, { request, response }: Wire): boolean {
  const { url = '' } = request
  if (!url.startsWith(ASYNC_PREFIX)) return false
  const [, name = '', rest = ''] = /^([^/?]+)(.*)$/s.exec(url.slice(ASYNC_PREFIX.length)) ?? []
  const target = name && asyncTarget(host, ownName(decodeURIComponent(name), `${host.name}.${host.stage}`))
  if (!target) return false
  refuseOtherSites(request.headers)
  void calls.accept(target, rest, { request, response })
  return true
}

const ASYNC_PREFIX = '/async-function/'

interface Wire {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}
