import type { TriggerEdition } from '../../deploy/trigger-driver.ts'
import type { OurService } from './our-service.ts'
import type { Site } from './site.ts'

/** The triggers of functions of edition 2.0. A function has an HTTP trigger alone or none. */
export function triggerEdition(site: Site, ours: OurService): TriggerEdition {
  const { serviceName } = site
  return {
    ...site,
    type: 'fc2:trigger',
    functions: (call) => ours.ours(call),
    place: { serviceName },
    pathOf: (functionName) => `/services/${serviceName}/functions/${functionName}`,
    send: (config) => config,
    excludes: (one, other) => one === 'http' || other === 'http',
  }
}
