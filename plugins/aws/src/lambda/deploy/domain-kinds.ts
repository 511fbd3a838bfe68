import { isOurs, type Live, marksOf, type Tree } from '@anyfaas/kit'
import type { Gateway } from './api-kinds.ts'
import { type Kind, unlessMissing } from './kind.ts'
import type { Site } from './site.ts'

/** The domain of the HTTP API, and what leads from it to the API. */
export function domainKinds({ service }: Site, gateway: Gateway): readonly Kind[] {
  return [domainKind(service, gateway), mappingKind(service, gateway)]
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
      const all = await gateway.domains(call)
      return all.flatMap((live): Live<Tree>[] => {
        const isForeign = !isOurs((live['Tags'] ?? {}) as Record<string, string>, service)
        if (isForeign && !wanted.has(live['DomainName'])) return []
        return [{ ...readDomain(live), ...(isForeign && { isForeign: true as const }) }]
      })
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
    remove: ({ DomainName }, call, id) => gateway.call('DeleteDomainName', { DomainName }, id, call),
  }
}

function mappingKind(service: Site['service'], gateway: Gateway): Kind {
  return {
    type: 'aws:domain-mapping',
    fields: ['DomainName', 'ApiId', 'Stage', 'ApiMappingKey'],
    rules: { DomainName: 'replace' },
    isNameless: true,
    async list(call, desired) {
      const all = await gateway.domains(call)
      const own = all.filter(({ Tags }) => isOurs((Tags ?? {}) as Record<string, string>, service))
      const names = new Set([...own, ...desired.map(({ spec }) => spec)].map(({ DomainName }) => String(DomainName)))
      const lists = [...names].map(async (DomainName) => {
        const found = (await unlessMissing(gateway.all('GetApiMappings', { DomainName }, call))) ?? []
        return found.flatMap(({ ApiMappingKey: key = '', ...one }): Live<Tree>[] => {
          // A path of the domain that somebody led elsewhere.
          if (key !== '' && key !== '(none)') return []
          const value = { ...one, DomainName, ApiMappingKey: '' }
          return [{ id: `domain-mapping/${DomainName}`, uses: ['api', 'stage', `domain/${DomainName}`], value }]
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

function readDomain({ DomainName, DomainNameConfigurations, DomainNameArn }: Tree): Live<Tree> {
  const [first = {}] = (DomainNameConfigurations ?? []) as Tree[]
  const value = { DomainName, CertificateArn: first['CertificateArn'], Arn: DomainNameArn }
  return { id: `domain/${DomainName}`, value }
}

function targetOf({ DomainNameConfigurations }: Tree): string | undefined {
  const [first] = (DomainNameConfigurations ?? []) as Tree[]
  return first?.['ApiGatewayDomainName'] as string | undefined
}
