import type { Call, Driver, FieldRules, Live, Resource, Tree } from '@anyfaas/kit'
import { isMissing, isPassing, isTaken } from '../../account/failures.ts'
import { revealed } from '../../deploy/revealed.ts'
import type { OurService } from './our-service.ts'
import type { Site } from './site.ts'

/** Custom domains. They bear no mark: one is ours when all that it leads to is. */
export class DomainDriver implements Driver<Tree, Tree> {
  readonly type = 'fc2:custom-domain'
  readonly rules: FieldRules = {
    'certConfig.privateKey': 'secret',
    'certConfig.certificate': 'secret',
    'routeConfig.routes': 'unordered',
  }
  readonly #site: Site
  readonly #ours: OurService

  constructor(site: Site, ours: OurService) {
    this.#site = site
    this.#ours = ours
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const { client, serviceName } = this.#site
    const request = { action: 'ListCustomDomains', path: '/custom-domains', about: 'domains' }
    const wanted = new Set(desired.map(({ spec }) => spec['domainName']))
    const ours = new Map((await this.#ours.ours(call)).map(({ name, fn }) => [name, fn]))
    return (await client.list(request, 'customDomains', call)).flatMap((value) => {
      const targets = routesOf(value).map((route) =>
        route['serviceName'] === serviceName ? ours.get(String(route['functionName'])) : undefined,
      )
      const isOurs = targets.length > 0 && targets.every((fn) => fn !== undefined)
      if (!isOurs && !wanted.has(value['domainName'])) return []
      const uses = [...new Set(targets.flatMap((fn) => (fn === undefined ? [] : [`function/${fn}`])))]
      return [{ id: `domain/${value['domainName']}`, value, uses, ...(!isOurs && { isForeign: true as const }) }]
    })
  }

  async create({ id, spec }: Resource<Tree>, call: Call): Promise<Tree> {
    const body = revealed(spec, id, this.#site)
    const request = { action: 'CreateCustomDomain', method: 'POST', path: '/custom-domains', body, about: id } as const
    return await this.#site.client.call(request, call)
  }

  async update({ id, spec }: Resource<Tree>, _live: Tree, call: Call): Promise<Tree> {
    const { domainName, ...body } = revealed(spec, id, this.#site)
    const path = `/custom-domains/${domainName}`
    return await this.#site.client.call({ action: 'UpdateCustomDomain', method: 'PUT', path, body, about: id }, call)
  }

  async delete({ id, value }: Live<Tree>, call: Call): Promise<void> {
    const path = `/custom-domains/${value['domainName']}`
    try {
      await this.#site.client.call({ action: 'DeleteCustomDomain', method: 'DELETE', path, about: id }, call)
    } catch (cause) {
      if (!isMissing(cause)) throw cause
    }
  }

  project(live: Tree): Tree {
    const { domainName, protocol, certConfig } = live
    const routes = routesOf(live).map(({ path, serviceName, functionName, qualifier, methods }) => ({
      path,
      serviceName,
      functionName,
      ...(qualifier ? { qualifier } : {}),
      ...(Array.isArray(methods) && methods.length > 0 ? { methods } : {}),
    }))
    const cert = certConfig as Tree | undefined
    return { domainName, protocol, routeConfig: { routes }, ...(cert?.['certName'] ? { certConfig: cert } : {}) }
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure)
  }

  isTaken(failure: unknown): boolean {
    return isTaken(failure)
  }

  async find(resource: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    return (await this.list(call, [resource])).find(({ id }) => id === resource.id)
  }
}

function routesOf(domain: Tree): readonly Tree[] {
  const { routes } = (domain['routeConfig'] ?? {}) as { routes?: readonly Tree[] }
  return routes ?? []
}
