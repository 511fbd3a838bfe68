import { type Call, isOurs, type Live, marksOf, type Resource, type Tree } from '@anyfaas/kit'
import { apiId } from './api-kinds.ts'
import type { Gateway } from './gateway.ts'
import { type Kind, unlessMissing } from './kind.ts'
import type { Site } from './site.ts'

/** The domain of the HTTP API, and what leads from it to the API. */
export function domainKinds({ service }: Site, gateway: Gateway): readonly Kind[] {
  return [domainKind(service, gateway), mappingKind(gateway)]
}

function domainKind(service: Site['service'], gateway: Gateway): Kind {
  const configurations = ({ CertificateArn }: Tree): Tree => ({
    DomainNameConfigurations: [{ CertificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' }],
  })
  return {
    type: 'aws:domain',
    fields: ['DomainName', 'CertificateArn'],
    rules: { DomainName: 'replace' },
    async list(call, desired) {
      const wanted = new Set(desired.map(({ spec }) => spec['DomainName']))
      const found = (await gateway.domains(call)).map(async (domain) => {
        const live = readDomain(domain, service)
        if (wanted.has(domain['DomainName'])) return [live]
        return live.isForeign || (await isShared(domain['DomainName'], gateway, call)) ? [] : [live]
      })
      return (await Promise.all(found)).flat()
    },
    async find({ spec }, call) {
      const found = (await gateway.domainsNow(call)).find(({ DomainName }) => DomainName === spec['DomainName'])
      return found && readDomain(found, service)
    },
    async create(spec, call, { id }) {
      const input = { DomainName: spec['DomainName'], ...configurations(spec), Tags: marksOf(service) }
      const made = await gateway.call('CreateDomainName', input, id, call)
      const target = targetOf(made)
      if (target !== undefined) call.note(`${spec['DomainName']} has to lead to ${target} (CNAME or alias)`)
      return {}
    },
    async update(spec, live, call, { id }) {
      await gateway.call('UpdateDomainName', { DomainName: spec['DomainName'], ...configurations(spec) }, id, call)
      await gateway.call('TagResource', { ResourceArn: live['Arn'], Tags: marksOf(service) }, id, call)
      return {}
    },
    async remove({ DomainName }, call, id) {
      if (!(await isShared(DomainName, gateway, call))) await gateway.call('DeleteDomainName', { DomainName }, id, call)
    },
  }
}

// A domain goes with all that leads from it, also to the APIs of others.
async function isShared(domain: unknown, gateway: Gateway, call: Call): Promise<boolean> {
  const all = await mappingsOf(domain, { gateway, desired: [] }, call)
  const others = all.filter(({ api, key }) => key !== '' || api === undefined)
  if (others.length === 0) return false
  const paths = others.map(({ key }) => `/${key}`).join(', ')
  call.note(`the domain ${domain}, which the file names no more, stays: it leads elsewhere too (${paths})`)
  return true
}

interface Mapping {
  /** Of ours, by its id; undefined when it leads to the API of somebody else. */
  readonly api: string | undefined
  /** The path that is led to the API; empty for all that no other names. */
  readonly key: string
  readonly live: Tree
}

async function mappingsOf(DomainName: unknown, { gateway, desired }: Found, call: Call): Promise<readonly Mapping[]> {
  const ours = new Map((await gateway.apis(call)).map((api, at) => [api['ApiId'], apiId(api, at)]))
  // While things are made the API may be newer than any reading.
  for (const { spec } of desired) if (typeof spec['ApiId'] === 'string') ours.set(spec['ApiId'], 'api')
  const all = (await unlessMissing(gateway.all('GetApiMappings', { DomainName }, call))) ?? []
  return all.map((live) => {
    const { ApiMappingKey = '', ApiId } = live
    return { live, api: ours.get(ApiId), key: ApiMappingKey === '(none)' ? '' : String(ApiMappingKey) }
  })
}

interface Found {
  readonly gateway: Gateway
  readonly desired: readonly Resource<Tree>[]
}

const MAPPING = 'domain-mapping/'

function mappingKind(gateway: Gateway): Kind {
  return {
    type: 'aws:domain-mapping',
    fields: ['DomainName', 'ApiId', 'Stage', 'ApiMappingKey'],
    rules: { DomainName: 'replace' },
    isNameless: true,
    async list(call, desired) {
      // The spec refers to the domain, whose name the id has too.
      const wanted = new Set(desired.map(({ id }) => id.slice(MAPPING.length)))
      const own = (await gateway.ownDomains(call)).map(({ DomainName }) => String(DomainName))
      const lists = [...new Set([...own, ...wanted])].map(async (DomainName) => {
        const found = await mappingsOf(DomainName, { gateway, desired }, call)
        return found.flatMap(({ live, api, key }): Live<Tree>[] => {
          // A path of the domain, or the domain itself, that somebody led elsewhere.
          if (key !== '' || (api === undefined && !wanted.has(DomainName))) return []
          const uses = [api ?? 'api', 'stage', `domain/${DomainName}`]
          const value = { ...live, DomainName, ApiMappingKey: '' }
          const whose = api === undefined && { isForeign: true as const }
          return [{ id: MAPPING + DomainName, uses, value, ...whose }]
        })
      })
      return (await Promise.all(lists)).flat()
    },
    create: ({ ApiMappingKey: _, ...spec }, call, { id }) => gateway.call('CreateApiMapping', spec, id, call),
    update: ({ ApiMappingKey: _, ...spec }, { ApiMappingId }, call, { id }) =>
      gateway.call('UpdateApiMapping', { ...spec, ApiMappingId }, id, call),
    remove: ({ DomainName, ApiMappingId }, call, id) =>
      gateway.call('DeleteApiMapping', { DomainName, ApiMappingId }, id, call),
  }
}

function readDomain(domain: Tree, service: Site['service']): Live<Tree> {
  const { DomainName, DomainNameConfigurations, DomainNameArn, Tags } = domain
  const [first = {}] = (DomainNameConfigurations ?? []) as Tree[]
  const value = { DomainName, CertificateArn: first['CertificateArn'], Arn: DomainNameArn }
  const isForeign = !isOurs((Tags ?? {}) as Record<string, string>, service)
  return { id: `domain/${DomainName}`, value, ...(isForeign && { isForeign: true as const }) }
}

function targetOf({ DomainNameConfigurations }: Tree): string | undefined {
  const [first] = (DomainNameConfigurations ?? []) as Tree[]
  return first?.['ApiGatewayDomainName'] as string | undefined
}
