import type { Service } from '@anyfaas/kit'
import { needsRoles } from './trigger-roles.ts'

export interface Besides {
  readonly account: string
  readonly service: Pick<Service, 'name' | 'functions'>
  /** The deployer's own ones for code. */
  readonly buckets: readonly (string | undefined)[]
}

/** What a deploy needs besides Function Compute itself: to hand roles to functions and triggers, log stores, code, and metrics. */
export function besides({ account, service, buckets }: Besides): readonly object[] {
  const objects = [...new Set(buckets)].flatMap((name) => (name === undefined ? [] : [`acs:oss:*:*:${name}/anyfaas/*`]))
  return [
    { Effect: 'Allow', Action: ['ram:PassRole'], Resource: ['*'] },
    ...(needsRoles(service) ? rolesOf(account, service.name) : []),
    ...(objects.length > 0 ? [{ Effect: 'Allow', Action: ['oss:PutObject', 'oss:GetObject'], Resource: objects }] : []),
    {
      Effect: 'Allow',
      Action: [
        ...['log:GetLogStore', 'log:GetIndex', 'log:GetLogStoreLogs'],
        ...['log:CreateProject', 'log:CreateLogStore', 'log:CreateIndex'],
      ],
      Resource: ['*'],
    },
    { Effect: 'Allow', Action: ['cms:QueryMetricList'], Resource: ['*'] },
  ]
}

// Names are in lower case, as triggers are told theirs.
function rolesOf(account: string, name: string): readonly object[] {
  const own = `${name.toLowerCase().replaceAll('_', '-')}-*`
  return [
    { Effect: 'Allow', Action: ['ram:ListRoles'], Resource: [`acs:ram:*:${account}:role/*`] },
    {
      Effect: 'Allow',
      Action: [
        ...['ram:GetRole', 'ram:CreateRole', 'ram:UpdateRole', 'ram:DeleteRole', 'ram:TagResources'],
        ...['ram:ListPoliciesForRole', 'ram:AttachPolicyToRole', 'ram:DetachPolicyFromRole'],
        ...['ram:GetPolicy', 'ram:CreatePolicy', 'ram:CreatePolicyVersion', 'ram:DeletePolicy'],
      ],
      Resource: [`acs:ram:*:${account}:role/${own}`, `acs:ram:*:${account}:policy/${own}`],
    },
  ]
}
