import { deployedPrefixes, type Service, type Tree, treeAt, triggersOf } from '@anyfaas/kit'
import { facts } from '../facts.ts'
import { withRaw } from '../overrides.ts'

export interface Place {
  readonly service: Service
  readonly region: string
  /** The deployer's own bucket for code. */
  readonly bucket: string | undefined
  /** The custom domains of the service now, which the file may name no more. */
  readonly domains: readonly string[]
}

/**
 * The rights that a deploy to SCF needs. A call that the vendor's tables say knows no smaller thing than all is denied by a
 * statement with a smaller one. https://cloud.tencent.com/document/product/583/33466, https://www.tencentcloud.com/document/product/598/57149
 */
export function policyFor({ service, region, bucket, domains }: Place, uin: string): object {
  const scf = `qcs::scf:${region}:uin/${uin}`
  return {
    version: '2.0',
    statement: [
      ...allow(ON_ALL, ['*']),
      ...allow(['scf:*'], functionsOf(service, scf)),
      ...domainsOf(service, domains, scf),
      ...logsOf(service, `qcs::cls:${region}:uin/${uin}`),
      ...allow(
        ['cam:PassRole'],
        rolesIn(service).map((name) => `qcs::cam::uin/${uin}:roleName/${name}`),
      ),
      // Code that no request takes: https://cloud.tencent.com/document/product/436/31923
      ...allow(
        ['HeadBucket', 'PutBucket', 'PutBucketLifecycle', 'PutObject', 'DeleteObject', 'GetObject'].map(
          (name) => `name/cos:${name}`,
        ),
        [`qcs::cos:${region}:uid/*:${bucket ?? `anyfaas-code-${region}-*`}/*`],
      ),
    ],
  }
}

const ON_ALL = [
  ...['scf:List*', 'scf:GetAccount', 'scf:CreateNamespace', 'scf:InvokeFunction'],
  ...['scf:CreateAlias', 'scf:UpdateAlias', 'scf:DeleteAlias'],
  ...['sts:GetCallerIdentity', 'tag:ModifyResourceTags', 'monitor:GetMonitorData', 'cam:GetUserAppId'],
]

function functionsOf({ name, stage }: Service, scf: string): readonly string[] {
  return deployedPrefixes([name, stage], facts.functionName).map((prefix) => `${scf}:namespace/*/function/${prefix}*`)
}

function domainsOf({ domain }: Service, domains: readonly string[], scf: string): readonly object[] {
  const named = new Set([...(domain ? [domain.name] : []), ...domains])
  return [
    ...allow(['scf:CreateCustomDomain'], domain ? [`${scf}:domain/*`] : []),
    ...allow(
      ['scf:*CustomDomain'],
      [...named].map((name) => `${scf}:domain/${name}`),
    ),
  ]
}

function logsOf(service: Service, cls: string): readonly object[] {
  const topics = settingsIn(service).flatMap(({ cls: logs }) => textsIn(treeAt(logs, ['topicId'])))
  const kinds = service.functions.flatMap((fn) => triggersOf(fn).map(({ trigger }) => trigger.kind))
  return [
    ...allow(
      ['cls:SearchLog'],
      [...new Set(topics)].map((topic) => `${cls}:topic/${topic}`),
    ),
    // Whether this one knows topics no table of the vendor says.
    ...(kinds.includes('log') ? allow(['cls:CreateDeliverCloudFunction'], ['*']) : []),
  ]
}

function rolesIn(service: Service): readonly string[] {
  return [...new Set(settingsIn(service).flatMap(({ role }) => textsIn(role)))]
}

// Of each function, as a deploy sends it.
function settingsIn(service: Service): readonly Tree[] {
  return service.functions.map((fn) => {
    const { role, logs } = fn
    return withRaw({ role, cls: { topicId: logs ? logs.store : undefined } }, fn, service)
  })
}

function textsIn(value: unknown): readonly string[] {
  return typeof value === 'string' && value !== '' ? [value] : []
}

function allow(action: readonly string[], resource: readonly string[]): readonly object[] {
  return resource.length > 0 ? [{ effect: 'allow', action, resource }] : []
}
