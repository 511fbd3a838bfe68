import { besides } from '../../deploy/policy.ts'
import { bucketIn } from './bucket.ts'
import type { ClientOptions } from './client.ts'
import type { Site } from './site.ts'

/** The rights that a deploy of a service needs. https://www.alibabacloud.com/help/en/functioncompute/fc-2-0/security/policies */
export function policyFor(
  {
    region,
    account,
    largeBucket,
  }: Pick<ClientOptions, 'region' | 'account'> & { readonly largeBucket: string | undefined },
  { service: wanted, serviceName }: Pick<Site, 'service' | 'serviceName'>,
): object {
  const buckets = [largeBucket, ...wanted.functions.map(({ name }) => bucketIn(wanted, name))]
  const service = `acs:fc:${region}:${account}:services/${serviceName}`
  return {
    Version: '1',
    Statement: [
      { Effect: 'Allow', Action: ['fc:*'], Resource: [service, `${service}.*`, `${service}/*`, `${service}.*/*`] },
      { Effect: 'Allow', Action: ['fc:*CustomDomain*'], Resource: [`acs:fc:${region}:${account}:custom-domains/*`] },
      { Effect: 'Allow', Action: ['fc:ListFunctions'], Resource: [`acs:fc:${region}:${account}:functions/*`] },
      ...besides({ account, service: wanted, buckets }),
    ],
  }
}
