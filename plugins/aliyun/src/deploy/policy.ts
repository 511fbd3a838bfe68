import { deployedPrefixes, isMap, type NameRule, type Service } from '@anyfaas/kit'
import { needsRoles, ROLE_NAME } from './trigger-roles.ts'

export interface Besides {
  readonly region: string
  readonly account: string
  readonly service: Pick<Service, 'name' | 'stage' | 'functions' | 'overrides' | 'domain'>
  /** The custom domains that lead to it now, which the file may name no more. */
  readonly domains: readonly string[]
  /** The deployer's own ones for code. */
  readonly buckets: readonly (string | undefined)[]
}

/** What a deploy needs besides functions: custom domains, to hand roles to functions and triggers, log stores, code, and metrics. */
export function besides(wishes: Besides): readonly object[] {
  const objects = [...new Set(wishes.buckets)].flatMap((name) =>
    name === undefined ? [] : [`acs:oss:*:*:${name}/anyfaas/*`],
  )
  return [
    ...domainsOf(wishes),
    ...rolesOf(wishes),
    // Of the bucket that is lent instead (`borrowBucket`) the vendor's list of actions names none.
    ...allow(['oss:PutObject', 'oss:GetObject'], objects),
    ...logsOf(wishes),
    // CloudMonitor knows no smaller thing than all.
    ...allow(['cms:QueryMetricList'], ['*']),
  ]
}

/** Patterns of the names that a service's things have on the platform. */
export function ownNames({ name, stage }: Pick<Service, 'name' | 'stage'>, rule: NameRule): readonly string[] {
  return deployedPrefixes([name, stage], rule).map((prefix) => `${prefix}*`)
}

function domainsOf({ region, account, service: { domain }, domains }: Besides): readonly object[] {
  const own = `acs:fc:${region}:${account}:custom-domains`
  const named = new Set([...(domain ? [domain.name] : []), ...domains])
  return [
    ...allow(['fc:ListCustomDomains'], [`${own}/*`]),
    ...allow(
      ['fc:*CustomDomain'],
      [...named].map((name) => `${own}/${name}`),
    ),
  ]
}

// What was made is found and taken away also when the file needs no roles any more.
function rolesOf({ account, service }: Besides): readonly object[] {
  // Names are in lower case, as triggers are told theirs.
  const own = ownNames(service, ROLE_NAME).map((name) => name.toLowerCase().replaceAll('_', '-'))
  const roles = own.map((name) => `acs:ram:*:${account}:role/${name}`)
  const policies = own.map((name) => `acs:ram:*:${account}:policy/${name}`)
  const needs = needsRoles(service)
  return [
    ...allow(['ram:PassRole'], [...(needs ? roles : []), ...rolesIn(service)]),
    ...allow(['ram:ListRoles'], [`acs:ram:*:${account}:role/*`]),
    ...allow(
      [
        ...['ram:GetRole', 'ram:ListTagResources', 'ram:ListPoliciesForRole', 'ram:GetPolicy'],
        ...['ram:DeleteRole', 'ram:DeletePolicy'],
        ...(needs ? MAKES_ROLES : []),
      ],
      [...roles, ...policies],
    ),
    // What somebody else gave a role of ours is taken away again.
    ...allow(['ram:DetachPolicyFromRole'], [...roles, `acs:ram:*:${account}:policy/*`, 'acs:ram:*:system:policy/*']),
  ]
}

const MAKES_ROLES = [
  ...['ram:CreateRole', 'ram:UpdateRole', 'ram:TagResources', 'ram:AttachPolicyToRole'],
  ...['ram:CreatePolicy', 'ram:CreatePolicyVersion'],
]

// Wherever the file names one, in raw settings too.
function rolesIn(service: Besides['service']): readonly string[] {
  const found = JSON.stringify(service).matchAll(/acs:ram::(\d+):role\/([\w.-]+)/g)
  return [...new Set([...found].map(([, account, name]) => `acs:ram:*:${account}:role/${name}`))]
}

function logsOf({ region, account, service }: Besides): readonly object[] {
  const places = service.functions.map(({ logs }) => (logs ? logs.project : undefined))
  const projects = new Set([...places, ...projectsIn(service.overrides), ...service.functions.flatMap(projectsIn)])
  const own = [...projects].flatMap((name) => {
    const project = `acs:log:${region}:${account}:project/${name}`
    return typeof name === 'string' ? [project, `${project}/*`] : []
  })
  return allow(
    [
      ...['log:GetLogStore', 'log:GetIndex', 'log:GetLogStoreLogs'],
      ...['log:CreateProject', 'log:CreateLogStore', 'log:CreateIndex'],
    ],
    own,
  )
}

// In raw settings: `logConfig: {project}`, and `LogConfig: {Project}` in edition 2.0.
function projectsIn(tree: unknown): readonly unknown[] {
  if (!isMap(tree)) return []
  return Object.entries(tree).flatMap(([key, value]) =>
    /^logConfig$/i.test(key) && isMap(value) ? [value['project'] ?? value['Project']] : projectsIn(value),
  )
}

function allow(Action: readonly string[], Resource: readonly string[]): readonly object[] {
  return Resource.length > 0 ? [{ Effect: 'Allow', Action, Resource }] : []
}
