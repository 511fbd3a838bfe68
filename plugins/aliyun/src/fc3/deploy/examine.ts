import { type Call, type Examination, type Finding, isSlsError } from '@anyfaas/kit'
import type { Credentials } from '../../account/credentials.ts'
import { regionOf } from '../../region.ts'
import type { OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'

export interface Deployer {
  readonly credentials: Credentials
  readonly account: string | undefined
}

/** What a deploy to Function Compute 3.0 will find. */
export async function examine(
  site: Site,
  ours: OurFunctions,
  { credentials, account }: Deployer,
  call: Call,
): Promise<Examination> {
  const { accessKeyId, source, securityToken } = credentials
  const findings: Finding[] = [
    {
      what: 'credentials',
      state: 'good',
      // The id names the key; it opens nothing.
      found: `${accessKeyId.slice(0, 4)}… from ${source}${securityToken ? ', with a session token' : ''}`,
    },
    { what: 'region', state: 'good', found: regionOf(site.service) },
    account === undefined
      ? {
          what: 'account',
          state: 'doubtful',
          found: 'not known',
          help: 'triggers of other products need it: provider.accountId, or ALIBABA_CLOUD_ACCOUNT_ID',
        }
      : { what: 'account', state: 'good', found: account },
    await look(ours, call),
  ]
  return { findings, policy: policyFor(regionOf(site.service), account ?? '*', site.service.name) }
}

async function look(ours: OurFunctions, call: Call): Promise<Finding> {
  try {
    const all = await ours.now(call)
    const own = await ours.list(call)
    return { what: 'the API', state: 'good', found: `${all.length} functions, ${own.length} of this service and stage` }
  } catch (cause) {
    if (!isSlsError(cause)) throw cause
    return { what: 'the API', state: 'bad', found: cause.diagnostics[0]?.message ?? cause.message }
  }
}

// https://www.alibabacloud.com/help/en/fc/policies-and-sample-policies
function policyFor(region: string, account: string, service: string): object {
  const functions = `acs:fc:${region}:${account}:functions/${service}-*`
  return {
    Version: '1',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['fc:ListFunctions', 'fc:ListAsyncInvokeConfigs', 'fc:ListConcurrencyConfigs', 'fc:ListScalingConfigs'],
        Resource: [`acs:fc:${region}:${account}:*`],
      },
      { Effect: 'Allow', Action: ['fc:*'], Resource: [functions, `${functions}/*`] },
      { Effect: 'Allow', Action: ['fc:*CustomDomain*'], Resource: [`acs:fc:${region}:${account}:custom-domains/*`] },
      { Effect: 'Allow', Action: ['ram:PassRole'], Resource: ['*'] },
    ],
  }
}
