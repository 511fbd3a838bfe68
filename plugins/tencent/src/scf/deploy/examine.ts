import { type Call, clockFinding, type Examination, type Finding, isSlsError } from '@anyfaas/kit'
import { askAhead } from '../../account/clock.ts'
import type { OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'
import type { Account } from './tags.ts'

export interface Deployer {
  /** Where the credentials were found. */
  readonly source: string
  readonly secretId: string
}

/** What a deploy to SCF will find. */
export async function examine(
  site: Site & { readonly account: Account },
  ours: OurFunctions,
  { source, secretId }: Deployer,
  call: Call,
): Promise<Examination> {
  let account: string | undefined
  const identity = await look('account', async () => {
    account = await site.account.uin(call)
    return account
  })
  const findings: Finding[] = [
    // The id names the key; it opens nothing.
    { what: 'credentials', state: 'good', found: `${secretId.slice(0, 4)}… from ${source}` },
    { what: 'region', state: 'good', found: site.client.region },
    identity,
    ...(await clock(site, call)),
    await look('the API', async () => {
      const all = await ours.now(call)
      const own = await ours.list(call)
      return `${all.length} functions, ${own.length} of this service and stage`
    }),
  ]
  return { findings, policy: policyFor(site, account ?? '*') }
}

// https://cloud.tencent.com/document/api/583/17239
const CLOCK_BEARS_MS = 5 * 60_000

async function clock({ client }: Site, { signal }: Call): Promise<Finding[]> {
  const aheadMs = await askAhead(client.config.endpoint ?? 'https://scf.tencentcloudapi.com', signal).catch(() => {
    signal.throwIfAborted()
    // Whether the address can be reached is what the next finding says.
    return undefined
  })
  return aheadMs === undefined ? [] : [clockFinding(aheadMs, CLOCK_BEARS_MS)]
}

async function look(what: string, ask: () => Promise<string>): Promise<Finding> {
  try {
    return { what, state: 'good', found: await ask() }
  } catch (cause) {
    if (!isSlsError(cause)) throw cause
    return { what, state: 'bad', found: cause.diagnostics[0]?.message ?? cause.message }
  }
}

// https://cloud.tencent.com/document/product/583/33466
function policyFor({ client, service, bucket }: Site, uin: string): object {
  const functions = `qcs::scf:${client.region}:uin/${uin}:namespace/*/function/${service.name}-*`
  return {
    version: '2.0',
    statement: [
      {
        effect: 'allow',
        action: ['scf:List*', 'scf:GetAccount', 'scf:*CustomDomain*', 'scf:CreateNamespace', 'sts:GetCallerIdentity'],
        resource: ['*'],
      },
      { effect: 'allow', action: ['scf:*'], resource: [functions] },
      {
        effect: 'allow',
        action: [
          'tag:ModifyResourceTags',
          'cls:SearchLog',
          'cls:CreateDeliverCloudFunction',
          'monitor:GetMonitorData',
          'cam:GetUserAppId',
          'cam:PassRole',
        ],
        resource: ['*'],
      },
      {
        // Code that no request takes: https://cloud.tencent.com/document/product/436/31923
        effect: 'allow',
        action: ['HeadBucket', 'PutBucket', 'PutBucketLifecycle', 'PutObject', 'DeleteObject', 'GetObject'].map(
          (name) => `name/cos:${name}`,
        ),
        resource: [`qcs::cos:${client.region}:uid/*:${bucket.given ?? `anyfaas-code-${client.region}-*`}/*`],
      },
    ],
  }
}
