import { type Call, type Driver, type FieldRules, isOurs, type Live, type Resource, type Tree } from '@anyfaas/kit'
import { isPassing, isTaken, readFailure, unlessMissing } from '../../account/failures.ts'
import { keyOf, type OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'
import { tagList, tagMap } from './tags.ts'

/** Custom domains. They get our tags when they are made; one without them is ours when all that it leads to is. */
export class DomainDriver implements Driver<Tree, Tree> {
  readonly type = 'scf:custom-domain'
  // No call of SCF changes the tags of a domain.
  readonly rules: FieldRules = { EndpointsConfig: 'unordered', Tags: 'ignore' }
  readonly #site: Site
  readonly #ours: OurFunctions

  constructor(site: Site, ours: OurFunctions) {
    this.#site = site
    this.#ours = ours
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const wanted = new Set(desired.map(({ spec }) => spec['Domain']))
    const functions = new Map((await this.#ours.list(call)).map((one) => [keyOf(one.live), one.fn]))
    const domains = await this.#site.client.list(
      { action: 'ListCustomDomains', field: 'Domains', about: 'custom domains' },
      call,
    )
    return domains.flatMap((value) => {
      const targets = endpointsOf(value).map((endpoint) => functions.get(keyOf(endpoint)))
      const leadsToUs = targets.length > 0 && targets.every((fn) => fn !== undefined)
      const ours = leadsToUs || isOurs(tagMap(value['Tags']), this.#site.service)
      if (!ours && !wanted.has(value['Domain'])) return []
      const uses = new Set(targets.flatMap((fn) => (fn === undefined ? [] : [`function/${fn}`])))
      const id = `domain/${value['Domain']}`
      return [{ id, value, uses: [...uses], ...(!ours && { isForeign: true as const }) }]
    })
  }

  /** The names of those of the service. */
  async names(call: Call): Promise<readonly string[]> {
    return (await this.list(call, [])).map(({ value }) => String(value['Domain']))
  }

  async find(resource: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    return (await this.list(call, [resource])).find(({ id }) => id === resource.id)
  }

  async create(resource: Resource<Tree>, call: Call): Promise<Tree> {
    const params = { ...requestOf(resource.spec), Tags: tagList(resource.spec['Tags'] as Tree) }
    await this.#site.client.call({ action: 'CreateCustomDomain', params, about: resource.id }, call)
    return resource.spec
  }

  async update(resource: Resource<Tree>, live: Tree, call: Call): Promise<Tree> {
    const hadCertificate = project(live)['CertConfig'] as Tree
    const isGone = hadCertificate['CertificateId'] !== '' && !requestOf(resource.spec)['CertConfig']
    const params = { ...requestOf(resource.spec), ...(isGone && { CertConfig: { CertificateId: '' } }) }
    await this.#site.client.call({ action: 'UpdateCustomDomain', params, about: resource.id }, call)
    return resource.spec
  }

  async delete({ id, value }: Live<Tree>, call: Call): Promise<void> {
    const params = { Domain: value['Domain'] }
    await unlessMissing(this.#site.client.call({ action: 'DeleteCustomDomain', params, about: id }, call))
  }

  project(live: Tree): Tree {
    return project(live)
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure)
  }

  // The vendor names no code for a domain that is there already; this is the only one about its name.
  isTaken(failure: unknown): boolean {
    return isTaken(failure) || readFailure(failure).code === 'InvalidParameterValue.Domain'
  }
}

function endpointsOf(domain: Tree): readonly Tree[] {
  return (domain['EndpointsConfig'] ?? []) as readonly Tree[]
}

function project(live: Tree): Tree {
  const { Domain, Protocol, CertConfig, Tags } = live
  const EndpointsConfig = endpointsOf(live).map(({ Namespace, FunctionName, Qualifier, PathMatch, PathRewrite }) => ({
    ...{ Namespace, FunctionName, Qualifier, PathMatch },
    PathRewrite: PathRewrite ?? [],
  }))
  const CertificateId = (CertConfig as Tree | null | undefined)?.['CertificateId'] ?? ''
  return { Domain, Protocol, CertConfig: { CertificateId }, EndpointsConfig, Tags: tagMap(Tags) }
}

function requestOf({ Domain, Protocol, CertConfig, EndpointsConfig }: Tree): Tree {
  const hasCertificate = (CertConfig as Tree)['CertificateId'] !== ''
  return { Domain, Protocol, EndpointsConfig, ...(hasCertificate && { CertConfig }) }
}
