import { DomainDriver } from '../../deploy/domain-driver.ts'
import type { OurService } from './our-service.ts'
import type { Site } from './site.ts'

/** The custom domains of functions of edition 2.0. */
export function domainDriver(site: Site, ours: OurService): DomainDriver {
  return new DomainDriver({
    ...site,
    type: 'fc2:custom-domain',
    async findTargets(call) {
      const functions = new Map((await ours.ours(call)).map(({ name, fn }) => [name, fn]))
      return ({ serviceName, functionName }) =>
        serviceName === site.serviceName ? functions.get(String(functionName)) : undefined
    },
    projectRoute: ({ path, serviceName, functionName, qualifier, methods }) => ({
      path,
      serviceName,
      functionName,
      ...(qualifier ? { qualifier } : {}),
      ...(Array.isArray(methods) && methods.length > 0 ? { methods } : {}),
    }),
  })
}
