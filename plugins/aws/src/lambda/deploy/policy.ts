import { deployedPrefixes, marksOf, mergeTree, type Service, type Tree, treeAt, triggersOf } from '@anyfaas/kit'
import { facts } from '../facts.ts'
import { scheduleGroup } from '../ids.ts'
import { withRaw } from '../overrides.ts'
import { ROLE_NAME } from '../role.ts'
import { apiRights, type GatewayNow } from './api-rights.ts'
import type { CodeBucket } from './code-bucket.ts'
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
  readonly codeBucket: Pick<CodeBucket, 'name' | 'isUsual'>
  /** What its functions hang on now, which the file may name no more. */
  readonly hangsOn?: Sources
  readonly gateway?: GatewayNow
}

/**
 * The least rights that a deploy of a service needs.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function policyFor(deployed: Deployed): object {
  const { service, place, codeBucket, hangsOn, gateway } = deployed
  const settings = settingsIn(service)
  const { region, account, partition } = place
  const arn: Arn = (of, rest, where = `${region}:${account}`) => `arn:${partition}:${of}:${where}:${rest}`
  return {
    Version: '2012-10-17',
    Statement: [
      allow(LISTS, ['*']),
      ...functionRights(service, arn),
      ...settingRights(settings, arn),
      ...roleRights(deployed, settings, arn),
      ...logRights(deployed, settings, arn),
      ...apiRights(service, gateway, arn, region),
      ...eventRights(service, arn),
      ...sourceRights(service.functions, hangsOn, arn),
      allow(codeBucket.isUsual ? [...BUCKET_ACTIONS, ...MAKE_ACTIONS] : BUCKET_ACTIONS, [
        arn('s3', codeBucket.name, ':'),
      ]),
      allow(OBJECT_ACTIONS, [arn('s3', `${codeBucket.name}/anyfaas/*`, ':')]),
    ],
  }
}

// Of each function, as a deploy sends it, as far as rights hang on it.
function settingsIn(service: Service): readonly Tree[] {
  return service.functions.map((fn) => {
    const { role: Role, cloudLayers, code, vpc, logs } = fn
    const spec = {
      Role,
      // A server stands in a layer of the platform's.
      Layers: code.kind === 'custom' ? [SERVER, ...cloudLayers] : cloudLayers,
      VpcConfig: { SubnetIds: vpc?.subnets ?? [] },
      LoggingConfig: { LogGroup: logs ? logs.store : undefined },
      ImageUri: code.kind === 'container' ? code.image : undefined,
    }
    return withRaw(spec, fn, service)
  })
}

const SERVER = 'server'

function textsIn(settings: readonly Tree[], ...path: readonly string[]): readonly string[] {
  const found = settings.map((one) => treeAt(one, path))
  return [...new Set(found.filter((value): value is string => typeof value === 'string' && value !== ''))]
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

// What the platform reads and does in the name of who deploys: layers, networks, images, keys, file systems.
function settingRights(settings: readonly Tree[], arn: Arn): object[] {
  const has = (...path: readonly string[]): boolean =>
    settings.some((one) => ([treeAt(one, path)].flat()[0] ?? '') !== '')
  const reads = [
    ...(has('Layers') ? ['lambda:GetLayerVersion'] : []),
    ...(has('VpcConfig', 'SubnetIds') ? NETWORK_ACTIONS : []),
    // https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
    ...(has('FileSystemConfigs') ? ['elasticfilesystem:DescribeMountTargets'] : []),
  ]
  const images = textsIn(settings, 'ImageUri').flatMap((image) => {
    const [, account, region, name] = /^(\d{12})\.dkr\.ecr\.([\w-]+)\.[^/]+\/([^:@]+)/.exec(image) ?? []
    return name === undefined ? [] : [arn('ecr', `repository/${name}`, `${region}:${account}`)]
  })
  // Which key an alias stands for the key alone tells.
  const keys = textsIn(settings, 'KmsKeyArn').map((key) => (/:key\//.test(key) ? key : arn('kms', 'key/*')))
  return [
    ...(reads.length > 0 ? [allow(reads, ['*'])] : []),
    ...allowSome(IMAGE_ACTIONS, images),
    ...allowSome(KEY_ACTIONS, keys),
  ]
}

function roleRights({ service, place: { account } }: Deployed, settings: readonly Tree[], arn: Arn): object[] {
  const { name, stage, functions } = service
  const roles = [arn('iam', `role/anyfaas/${name}/${stage}/*`, `:${account}`)]
  const events = functions.flatMap((fn) =>
    triggersOf(fn).map(({ trigger }) => mergeTree<Tree>({ RoleArn: trigger.role }, trigger.overrides?.['aws'])),
  )
  const own = [...textsIn(settings, 'Role'), ...textsIn(events, 'RoleArn')].filter((role) => role.startsWith('arn:'))
  const taken = deployedPrefixes([name, stage], ROLE_NAME).map((prefix) => arn('iam', `role/${prefix}*`, `:${account}`))
  return [
    allow(ROLE_ACTIONS, roles),
    // Whose a role is that has a name of ours already.
    allow(
      ROLE_ACTIONS.filter((action) => /:(Get|List)/.test(action)),
      taken,
    ),
    allow(['iam:PassRole'], [...new Set([...roles, ...own])], {
      StringEquals: { 'iam:PassedToService': PASSED_TO },
    }),
  ]
}

function logRights({ service, place }: Deployed, settings: readonly Tree[], arn: Arn): object[] {
  const { name, stage } = service
  const group = (of: string): string => arn('logs', `log-group:${of}`)
  const usual = deployedPrefixes([name, stage], facts.functionName).map((prefix) => group(`/aws/lambda/${prefix}*`))
  const made = expandLogGroups(service, { ...place }).logGroups.map(({ spec }) => `${spec['LogGroupName']}`)
  const named = (names: readonly string[]): string[] => names.flatMap((one) => [group(one), group(`${one}:*`)])
  const marks = Object.entries(marksOf(service)).map(([key, value]) => [`aws:ResourceTag/${key}`, value])
  return [
    allow(['logs:CreateLogGroup', ...GROUP_ACTIONS], [...new Set([...usual, ...named(made)])]),
    // Those that the file names no more.
    allow(GROUP_ACTIONS, [group('*')], { StringEquals: Object.fromEntries(marks) }),
    // Those of somebody else that functions write to.
    ...allowSome(['logs:FilterLogEvents'], named(textsIn(settings, 'LoggingConfig', 'LogGroup'))),
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

// Code that no request takes waits in a bucket: the deployer's own, or one that is made.
const BUCKET_ACTIONS = ['s3:ListBucket']
const MAKE_ACTIONS = ['s3:CreateBucket', 's3:PutBucketPublicAccessBlock', 's3:PutLifecycleConfiguration']
const OBJECT_ACTIONS = ['s3:PutObject', 's3:GetObject', 's3:DeleteObject']

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

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
const KEY_ACTIONS = ['kms:CreateGrant', 'kms:Encrypt', 'kms:Decrypt']

// https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#gettingstarted-images-permissions
const IMAGE_ACTIONS = [
  ...['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  ...['ecr:GetRepositoryPolicy', 'ecr:SetRepositoryPolicy'],
]
