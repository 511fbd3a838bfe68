import type { Call, Driver, FieldRules, Live, Resource, Tree } from '@anyfaas/kit'
import { isMissing, isPassing, isTaken } from '../../account/failures.ts'
import { revealed } from '../../deploy/revealed.ts'
import type { OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'

/** Custom domains. They bear no tags: one is ours when all that it leads to is. */
export class DomainDriver implements Driver<Tree, Tree> {
  readonly type = 'fc3:custom-domain'
  readonly rules: FieldRules = {
    'certConfig.privateKey': 'secret',
    'certConfig.certificate': 'secret',
    'routeConfig.routes': 'unordered',
  }
  readonly #site: Site
  readonly #ours: OurFunctions

  constructor(site: Site, ours: OurFunctions) {
    this.#site = site
    this.#ours = ours
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const path = '/custom-domains'
    const domains = await this.#site.client.list(
      { action: 'ListCustomDomains', path, about: 'domains' },
      'customDomains',
      call,
    )
    const wanted = new Set(desired.map(({ spec }) => spec['domainName']))
    const ours = new Map((await this.#ours.list(call)).map(({ name, fn }) => [name, fn]))
    return domains.flatMap((value) => {
      const functions = routesOf(value).map((route) => String(route['functionName']))
      const isOurs = functions.length > 0 && functions.every((name) => ours.has(name))
      if (!isOurs && !wanted.has(value['domainName'])) return []
      const uses = functions.flatMap((name) => (ours.has(name) ? [`function/${ours.get(name)}`] : []))
      const id = `domain/${value['domainName']}`
      return [{ id, value, uses: [...new Set(uses)], ...(!isOurs && { isForeign: true as const }) }]
    })
  }

  async create(resource: Resource<Tree>, call: Call): Promise<Tree> {
    const body = revealed(resource.spec, resource.id, this.#site)
    const request = { action: 'CreateCustomDomain', method: 'POST', path: '/custom-domains', body } as const
    return await this.#site.client.call({ ...request, about: resource.id }, call)
  }

  async update(resource: Resource<Tree>, _live: Tree, call: Call): Promise<Tree> {
    const { domainName, ...body } = revealed(resource.spec, resource.id, this.#site)
    const path = `/custom-domains/${domainName}`
    const request = { action: 'UpdateCustomDomain', method: 'PUT', path, body, about: resource.id } as const
    return await this.#site.client.call(request, call)
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
    const routes = routesOf(live).map(({ path, functionName, methods }) => ({ path, functionName, methods }))
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
