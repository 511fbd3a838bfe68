import type { AsyncTarget } from '../async/target.ts'
import { limitsOf } from './limits.ts'
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
  const { name: service, stage, port = 0 } = host
  return {
    service,
    stage,
    name,
    port,
    spec,
    places,
    take: (event, id) => found.take(event, id),
    tell: (text) => found.tell(text),
  }
}

/** A function's name on the whole platform. */
export function functionPath(name: string, service: string, stage: string): string {
  return `${name}.${service}.${stage}`
}
