import { type Besides, besides } from '../../deploy/policy.ts'

/** The rights that a deploy of a service needs. https://www.alibabacloud.com/help/en/functioncompute/fc-2-0/security/policies */
export function policyFor(wishes: Besides, serviceName: string): object {
  const { region, account } = wishes
  const service = `acs:fc:${region}:${account}:services/${serviceName}`
  return {
    Version: '1',
    Statement: [
      { Effect: 'Allow', Action: ['fc:*'], Resource: [service, `${service}.*`, `${service}/*`, `${service}.*/*`] },
      { Effect: 'Allow', Action: ['fc:ListFunctions'], Resource: [`acs:fc:${region}:${account}:functions/*`] },
      ...besides(wishes),
    ],
  }
}
