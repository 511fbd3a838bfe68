import { DomainDriver } from '../../deploy/domain-driver.ts'
import type { OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'

/** The custom domains of functions of edition 3.0. */
export function domainDriver(site: Site, ours: OurFunctions): DomainDriver {
  return new DomainDriver({
    ...site,
    type: 'fc3:custom-domain',
    async findTargets(call) {
      const functions = new Map((await ours.list(call)).map(({ name, fn }) => [name, fn]))
      return ({ functionName }) => functions.get(String(functionName))
    },
    projectRoute: ({ path, functionName, methods }) => ({ path, functionName, methods }),
  })
}
