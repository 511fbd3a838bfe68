import type { Listener } from '../../outputs/own-bus.ts'
import type { SourcesOptions } from '../../sources/sources.ts'
import type { ServiceHost } from './service-host.ts'
import { functionPath } from './services.ts'

/** The functions of a service that listen to topics of the platform. */
export function listenersOf(
  { name: service, stage, functions }: ServiceHost,
  accept: SourcesOptions['accept'],
): readonly Listener[] {
  return functions.flatMap(({ name, sources }) =>
    sources.flatMap(({ spec }): Listener[] => {
      if (spec.type !== 'topic' || spec.server !== undefined) return []
      return [{ path: functionPath(name, service, stage), spec, accept: (event, id) => accept(name, event, id) }]
    }),
  )
}
