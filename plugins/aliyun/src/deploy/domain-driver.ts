import type { Call, Driver, FieldRules, Live, Resource, Tree } from '@anyfaas/kit'
import { isPassing, isTaken, unlessMissing } from '../account/failures.ts'
import type { Api } from './api.ts'
import { revealed, type Secrets } from './revealed.ts'

/** What an edition says of the domains of its functions. */
export interface DomainEdition extends Secrets {
  readonly type: string
  readonly client: Api
  /** Which function of ours a route leads to; undefined where it is somebody else's. */
  readonly findTargets: (call: Call) => Promise<(route: Tree) => string | undefined>
  /** A route that was told, in the words of a spec. */
  readonly projectRoute: (route: Tree) => Tree
}

/** Custom domains. They bear neither tags nor a mark: one is ours when all that it leads to is. */
export class DomainDriver implements Driver<Tree, Tree> {
  readonly type: string
  readonly rules: FieldRules = {
    'certConfig.privateKey': 'secret',
    'certConfig.certificate': 'secret',
    'routeConfig.routes': 'unordered',
  }
  readonly #edition: DomainEdition

  constructor(edition: DomainEdition) {
    this.type = edition.type
    this.#edition = edition
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const request = { action: 'ListCustomDomains', path: '/custom-domains', about: 'domains' }
    const wanted = new Set(desired.map(({ spec }) => spec['domainName']))
    const [domains, targetOf] = await Promise.all([
      this.#edition.client.list(request, 'customDomains', call),
      this.#edition.findTargets(call),
    ])
    return domains.flatMap((value) => {
      const targets = routesOf(value).map(targetOf)
      const isOurs = targets.length > 0 && targets.every((fn) => fn !== undefined)
      if (!isOurs && !wanted.has(value['domainName'])) return []
      const uses = [...new Set(targets.flatMap((fn) => (fn === undefined ? [] : [`function/${fn}`])))]
      return [{ id: `domain/${value['domainName']}`, value, uses, ...(!isOurs && { isForeign: true as const }) }]
    })
  }

  async create({ id, spec }: Resource<Tree>, call: Call): Promise<Tree> {
    const body = revealed(spec, id, this.#edition)
    const request = { action: 'CreateCustomDomain', method: 'POST', path: '/custom-domains', body, about: id } as const
    return await this.#edition.client.call(request, call)
  }

  async update({ id, spec }: Resource<Tree>, _live: Tree, call: Call): Promise<Tree> {
    const { domainName, ...body } = revealed(spec, id, this.#edition)
    const path = `/custom-domains/${domainName}`
    const request = { action: 'UpdateCustomDomain', method: 'PUT', path, body, about: id } as const
    return await this.#edition.client.call(request, call)
  }

  async delete({ id, value }: Live<Tree>, call: Call): Promise<void> {
    const path = `/custom-domains/${value['domainName']}`
    const request = { action: 'DeleteCustomDomain', method: 'DELETE', path, about: id } as const
    await unlessMissing(this.#edition.client.call(request, call))
  }

  project(live: Tree): Tree {
    const { domainName, protocol, certConfig } = live
    const routes = routesOf(live).map(this.#edition.projectRoute)
    const cert = certConfig as Tree | undefined
    return { domainName, protocol, routeConfig: { routes }, ...(cert?.['certName'] ? { certConfig: cert } : {}) }
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure)
  }

  isTaken(failure: unknown): boolean {
    return isTaken(failure)
  }

  /** The names of those that lead to the service. */
  async names(call: Call): Promise<readonly string[]> {
    return (await this.list(call, [])).map(({ value }) => String(value['domainName']))
  }

  async find(resource: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    return (await this.list(call, [resource])).find(({ id }) => id === resource.id)
  }
}

function routesOf(domain: Tree): readonly Tree[] {
  const { routes } = (domain['routeConfig'] ?? {}) as { routes?: readonly Tree[] }
  return routes ?? []
}
