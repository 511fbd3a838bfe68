import { deployedPrefixes, type Fn, isMap, marksOf, type Service, triggersOf } from '@anyfaas/kit'
import { facts } from '../facts.ts'
import { scheduleGroup } from '../ids.ts'
import { ROLE_NAME } from '../role.ts'
import { expandLogGroups } from './expand-log-groups.ts'
import { rulePrefixes } from './rule-kind.ts'
import type { Place } from './site.ts'
import { type Sources, sourceRights } from './source-rights.ts'
import { type Arn, allow, allowSome } from './statement.ts'
import { topicRulePrefixes } from './topic-rule-kind.ts'

/** What a deploy is about to touch. */
export interface Deployed {
  readonly service: Service
  readonly place: Place
  /** Where code waits that is too large for a request. */
  readonly codeBucket: string
  /** What its functions hang on now, which the file may name no more. */
  readonly hangsOn?: Sources
}

/**
 * The least rights that a deploy of a service needs.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function policyFor(deployed: Deployed): object {
  const { service, place, codeBucket, hangsOn } = deployed
  const { region, account, partition } = place
  const arn: Arn = (of, rest, where = `${region}:${account}`) => `arn:${partition}:${of}:${where}:${rest}`
  return {
    Version: '2012-10-17',
    Statement: [
      allow(LISTS, ['*']),
      ...functionRights(service, arn),
      ...codeRights(service, arn),
      ...roleRights(service, arn, account),
      ...logRights(deployed, arn),
      ...apiRights(region, arn),
      ...eventRights(service, arn),
      ...sourceRights(service.functions, hangsOn, arn),
      allow(CODE_ACTIONS, [arn('s3', codeBucket, ':'), arn('s3', `${codeBucket}/anyfaas/*`, ':')]),
    ],
  }
}

function functionRights({ name, stage }: Service, arn: Arn): object[] {
  const prefixes = deployedPrefixes([name, stage], facts.functionName)
  const functions = prefixes.map((prefix) => arn('lambda', `function:${prefix}*`))
  return [
    allow(['lambda:*'], functions),
    allow(MAPPING_ACTIONS, ['*'], { ArnLike: { 'lambda:FunctionArn': functions } }),
    // Tags have no condition by which they could be those of our functions alone, and what is gone calls no function.
    allow(
      ['lambda:GetEventSourceMapping', 'lambda:ListTags', 'lambda:TagResource'],
      [arn('lambda', 'event-source-mapping:*')],
    ),
  ]
}

// What the platform reads in the name of who deploys: layers, networks, images.
function codeRights({ functions }: Service, arn: Arn): object[] {
  const isLayered = ({ cloudLayers, code }: Fn): boolean => cloudLayers.length > 0 || code.kind === 'custom'
  const reads = [
    ...(functions.some(isLayered) ? ['lambda:GetLayerVersion'] : []),
    ...(functions.some(({ vpc }) => vpc) ? NETWORK_ACTIONS : []),
  ]
  const images = functions.flatMap(({ code }) => {
    const [, account, region, name] = /^(\d{12})\.dkr\.ecr\.([\w-]+)\.[^/]+\/([^:@]+)/.exec(imageOf(code) ?? '') ?? []
    return name === undefined ? [] : [arn('ecr', `repository/${name}`, `${region}:${account}`)]
  })
  return [...(reads.length > 0 ? [allow(reads, ['*'])] : []), ...allowSome(IMAGE_ACTIONS, images)]
}

function imageOf(code: Fn['code']): string | undefined {
  return code.kind === 'container' ? code.image : undefined
}

function roleRights({ name, stage, functions }: Service, arn: Arn, account: string): object[] {
  const roles = [arn('iam', `role/anyfaas/${name}/${stage}/*`, `:${account}`)]
  const own = functions
    .flatMap((fn) => [fn.role, ...triggersOf(fn).map(({ trigger }) => trigger.role)])
    .filter((role) => role?.startsWith('arn:') === true)
  const taken = deployedPrefixes([name, stage], ROLE_NAME).map((prefix) => arn('iam', `role/${prefix}*`, `:${account}`))
  return [
    allow(ROLE_ACTIONS, roles),
    // Whose a role is that has a name of ours already.
    allow(
      ROLE_ACTIONS.filter((action) => /:(Get|List)/.test(action)),
      taken,
    ),
    allow(['iam:PassRole'], [...new Set([...roles, ...(own as string[])])], {
      StringEquals: { 'iam:PassedToService': PASSED_TO },
    }),
  ]
}

function logRights({ service, place }: Deployed, arn: Arn): object[] {
  const { name, stage } = service
  const group = (of: string): string => arn('logs', `log-group:${of}`)
  const usual = deployedPrefixes([name, stage], facts.functionName).map((prefix) => group(`/aws/lambda/${prefix}*`))
  const made = expandLogGroups(service, { ...place }).logGroups.map(({ spec }) => `${spec['LogGroupName']}`)
  const written = service.functions.flatMap(({ overrides }) => {
    const { LoggingConfig } = isMap(overrides['aws']) ? overrides['aws'] : {}
    return isMap(LoggingConfig) && typeof LoggingConfig['LogGroup'] === 'string' ? [LoggingConfig['LogGroup']] : []
  })
  const named = (names: readonly string[]): string[] => names.flatMap((one) => [group(one), group(`${one}:*`)])
  const marks = Object.entries(marksOf(service)).map(([key, value]) => [`aws:ResourceTag/${key}`, value])
  return [
    allow(['logs:CreateLogGroup', ...GROUP_ACTIONS], [...new Set([...usual, ...named(made)])]),
    // Those that the file names no more.
    allow(GROUP_ACTIONS, [group('*')], { StringEquals: Object.fromEntries(marks) }),
    ...allowSome(['logs:FilterLogEvents'], named(written)),
  ]
}

function apiRights(region: string, arn: Arn): object[] {
  const paths = ['/apis*', '/domainnames*', '/tags/*']
  return [
    allow(
      ['apigateway:*'],
      paths.map((path) => arn('apigateway', path, `${region}:`)),
    ),
  ]
}

function eventRights(service: Service, arn: Arn): object[] {
  const group = scheduleGroup(service)
  const rules = rulePrefixes(service).flatMap((prefix) => [`rule/${prefix}*`, `rule/*/${prefix}*`])
  return [
    allow(['scheduler:*'], [arn('scheduler', `schedule-group/${group}`), arn('scheduler', `schedule/${group}/*`)]),
    allow(
      RULE_ACTIONS,
      rules.map((rule) => arn('events', rule)),
    ),
    allow(
      ['iot:*TopicRule', 'iot:TagResource'],
      topicRulePrefixes(service).map((prefix) => arn('iot', `rule/${prefix}*`)),
    ),
  ]
}

// What has no name of its own to be allowed by.
const LISTS = [
  ...['lambda:ListFunctions', 'lambda:ListEventSourceMappings', 'tag:GetResources'],
  ...['iam:ListRoles', 'events:ListEventBuses', 'events:ListRules', 'iot:ListTopicRules', 'logs:DescribeLogGroups'],
  ...['logs:DescribeSubscriptionFilters', 'cloudwatch:GetMetricData', 'scheduler:ListSchedules'],
]

// Code that no request takes waits in a bucket.
const CODE_ACTIONS = [
  ...['s3:CreateBucket', 's3:ListBucket', 's3:PutBucketPublicAccessBlock', 's3:PutLifecycleConfiguration'],
  ...['s3:PutObject', 's3:GetObject', 's3:DeleteObject'],
]

const GROUP_ACTIONS = [
  ...['logs:FilterLogEvents', 'logs:DeleteLogGroup', 'logs:PutRetentionPolicy', 'logs:DeleteRetentionPolicy'],
  ...['logs:AssociateKmsKey', 'logs:DisassociateKmsKey'],
  ...['logs:ListTagsForResource', 'logs:TagResource', 'logs:UntagResource'],
]

const RULE_ACTIONS = [
  'events:PutRule',
  'events:TagResource',
  'events:DeleteRule',
  'events:PutTargets',
  'events:RemoveTargets',
  'events:ListTargetsByRule',
]

const MAPPING_ACTIONS = ['Create', 'Update', 'Delete'].map((verb) => `lambda:${verb}EventSourceMapping`)

const PASSED_TO = ['lambda.amazonaws.com', 'scheduler.amazonaws.com', 'apigateway.amazonaws.com']

const ROLE_ACTIONS = [
  ...['iam:GetRole', 'iam:CreateRole', 'iam:DeleteRole', 'iam:UpdateAssumeRolePolicy'],
  ...['iam:ListAttachedRolePolicies', 'iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
  ...['iam:ListRolePolicies', 'iam:GetRolePolicy', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
]

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
const NETWORK_ACTIONS = ['ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs']

// https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#gettingstarted-images-permissions
const IMAGE_ACTIONS = [
  ...['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  ...['ecr:GetRepositoryPolicy', 'ecr:SetRepositoryPolicy'],
]
