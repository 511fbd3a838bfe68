import type { TriggerEdition } from '../../deploy/trigger-driver.ts'
import type { OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'

/** The triggers of functions of edition 3.0. A function has one HTTP trigger. */
export function triggerEdition(site: Site, ours: OurFunctions): TriggerEdition {
  return {
    ...site,
    type: 'fc3:trigger',
    functions: (call) => ours.list(call),
    place: {},
    pathOf: (functionName) => `/functions/${functionName}`,
    send: (config) => JSON.stringify(config ?? {}),
    excludes: (one, other) => one === 'http' && other === 'http',
  }
}
