import { type Besides, besides } from '../../deploy/policy.ts'

/** The rights that a deploy of a service needs. https://www.alibabacloud.com/help/en/fc/policies-and-sample-policies */
export function policyFor(region: string, { account, service, buckets }: Besides): object {
  const functions = `acs:fc:${region}:${account}:functions/${service.name}-*`
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
      ...besides({ account, service, buckets }),
    ],
  }
}
