import { type Besides, besides, ownNames } from '../../deploy/policy.ts'
import { facts } from '../facts.ts'

/** The rights that a deploy of a service needs. https://www.alibabacloud.com/help/en/fc/policies-and-sample-policies */
export function policyFor(wishes: Besides): object {
  const { region, account, service } = wishes
  const functions = ownNames(service, facts.functionName).flatMap((name) => {
    const own = `acs:fc:${region}:${account}:functions/${name}`
    return [own, `${own}/*`]
  })
  return {
    Version: '1',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['fc:ListFunctions', 'fc:ListAsyncInvokeConfigs', 'fc:ListConcurrencyConfigs', 'fc:ListScalingConfigs'],
        Resource: [`acs:fc:${region}:${account}:*`],
      },
      { Effect: 'Allow', Action: ['fc:*'], Resource: functions },
      ...besides(wishes),
    ],
  }
}
