import { functionPattern } from '../role.ts'
import type { Place, Site } from './site.ts'

/**
 * The least rights that a deploy of a service needs.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function policyFor({ region, account, partition }: Place, service: Site['service']): object {
  const arn: Arn = (of, rest, where = `${region}:${account}`) => `arn:${partition}:${of}:${where}:${rest}`
  const bucket = `anyfaas-code-${account}-${region}`
  return {
    Version: '2012-10-17',
    Statement: [
      allow(LISTS, ['*']),
      ...functionRights(service, arn, account),
      ...apiRights(region, arn),
      ...eventRights(service, arn),
      ...triggerRights(service, arn),
      allow(CODE_ACTIONS, [arn('s3', bucket, ':'), arn('s3', `${bucket}/*`, ':')]),
    ],
  }
}

type Arn = (of: string, rest: string, where?: string) => string

function allow(Action: readonly string[], Resource: readonly string[], Condition?: object): object {
  return { Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) }
}

function functionRights(service: Site['service'], arn: Arn, account: string): object[] {
  const { name, stage } = service
  const prefix = `${name}-${stage}`
  const roles = [arn('iam', `role/anyfaas/${name}/${stage}/*`, `:${account}`)]
  const passed = { StringEquals: { 'iam:PassedToService': PASSED_TO } }
  return [
    allow(['lambda:*'], [arn('lambda', `function:${functionPattern(service)}`)]),
    allow(
      ['lambda:*EventSourceMapping', 'lambda:ListTags', 'lambda:TagResource'],
      [arn('lambda', 'event-source-mapping:*')],
    ),
    allow(ROLE_ACTIONS, roles),
    allow(['iam:PassRole'], roles, passed),
    allow(LOG_ACTIONS, [arn('logs', `log-group:/aws/lambda/${prefix}-*`)]),
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

function eventRights({ name, stage }: Site['service'], arn: Arn): object[] {
  const prefix = `${name}-${stage}`
  const rules = `rule/${`${name}_${stage}`.replace(/\W/g, '_')}_*`
  return [
    allow(['scheduler:*'], [arn('scheduler', `schedule-group/${prefix}`), arn('scheduler', `schedule/${prefix}/*`)]),
    allow(RULE_ACTIONS, [arn('events', `rule/${prefix}-*`), arn('events', `rule/*/${prefix}-*`)]),
    allow(['iot:*TopicRule'], [arn('iot', rules)]),
  ]
}

// What has no name of its own to be allowed by.
const LISTS = [
  ...['lambda:ListFunctions', 'lambda:ListEventSourceMappings', 'lambda:CreateEventSourceMapping', 'tag:GetResources'],
  ...['iam:ListRoles', 'events:ListEventBuses', 'events:ListRules', 'iot:ListTopicRules', 'logs:DescribeLogGroups'],
  ...['logs:DescribeSubscriptionFilters', 'cloudwatch:GetMetricData'],
]

// Buckets and topics are the deployer's own, so they are named one by one.
function triggerRights({ functions }: Site['service'], arn: Arn): object[] {
  const triggers = functions.flatMap((fn) => fn.triggers)
  const groups = triggers.flatMap((one) => (one.kind === 'log' ? [arn('logs', `log-group:${one.source}:*`)] : []))
  const buckets = triggers.flatMap((one) => (one.kind === 'os' ? [arn('s3', one.bucket, ':')] : []))
  const topics = triggers.flatMap((one) =>
    one.kind === 'mq' ? [one.topic.startsWith('arn:') ? one.topic : arn('sns', one.topic)] : [],
  )
  const unlessNone = (Action: string[], Resource: string[]): object[] =>
    Resource.length > 0 ? [allow(Action, Resource)] : []
  return [
    ...unlessNone(['logs:PutSubscriptionFilter', 'logs:DeleteSubscriptionFilter'], groups),
    ...unlessNone(['s3:GetBucketNotification', 's3:PutBucketNotification'], buckets),
    ...unlessNone(
      [
        'sns:Subscribe',
        'sns:Unsubscribe',
        'sns:ListSubscriptionsByTopic',
        'sns:GetSubscriptionAttributes',
        'sns:SetSubscriptionAttributes',
      ],
      topics,
    ),
  ]
}

// Code that no request takes waits in a bucket.
const CODE_ACTIONS = [
  ...['s3:CreateBucket', 's3:ListBucket', 's3:PutBucketPublicAccessBlock', 's3:PutLifecycleConfiguration'],
  ...['s3:PutObject', 's3:GetObject', 's3:DeleteObject'],
]

const LOG_ACTIONS = [
  ...['logs:FilterLogEvents', 'logs:CreateLogGroup', 'logs:DeleteLogGroup', 'logs:PutRetentionPolicy'],
  ...['logs:DeleteRetentionPolicy', 'logs:ListTagsForResource', 'logs:TagResource', 'logs:UntagResource'],
]

const RULE_ACTIONS = [
  'events:PutRule',
  'events:DeleteRule',
  'events:PutTargets',
  'events:RemoveTargets',
  'events:ListTargetsByRule',
]

const PASSED_TO = ['lambda.amazonaws.com', 'scheduler.amazonaws.com', 'apigateway.amazonaws.com']

const ROLE_ACTIONS = [
  ...['iam:GetRole', 'iam:CreateRole', 'iam:DeleteRole', 'iam:UpdateAssumeRolePolicy'],
  ...['iam:ListAttachedRolePolicies', 'iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
  ...['iam:ListRolePolicies', 'iam:GetRolePolicy', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
]
