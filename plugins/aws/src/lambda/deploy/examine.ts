import { type Call, type Examination, type Finding, isSlsError } from '@anyfaas/kit'
import type { OurFunctions } from './our-functions.ts'
import type { Place, Site } from './site.ts'

/** What a deploy to Lambda will find. */
export async function examine({ api, place, service }: Site, ours: OurFunctions, call: Call): Promise<Examination> {
  const { accessKeyId, sessionToken } = await api.client('sts').config.credentials()
  const findings: Finding[] = [
    {
      what: 'credentials',
      state: 'good',
      // The id names the key; it opens nothing.
      found: `${accessKeyId.slice(0, 4)}…${sessionToken ? ', with a session token' : ''}`,
    },
    { what: 'region', state: 'good', found: place.region },
    { what: 'account', state: 'good', found: place.account },
    await look(ours, call),
  ]
  return { findings, policy: policyFor(place, service) }
}

async function look(ours: OurFunctions, call: Call): Promise<Finding> {
  try {
    const own = await ours.list(call, 'now')
    return { what: 'the API', state: 'good', found: `${own.length} functions of this service and stage` }
  } catch (cause) {
    if (!isSlsError(cause)) throw cause
    return { what: 'the API', state: 'bad', found: cause.diagnostics[0]?.message ?? cause.message }
  }
}

// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
function policyFor({ region, account, partition }: Place, service: Site['service']): object {
  const { name, stage } = service
  const arn = (service: string, rest: string, where = `${region}:${account}`): string =>
    `arn:${partition}:${service}:${where}:${rest}`
  const prefix = `${name}-${stage}`
  const roles = [arn('iam', `role/anyfaas/${name}/${stage}/*`, `:${account}`)]
  const passed = { StringEquals: { 'iam:PassedToService': ['lambda.amazonaws.com', 'scheduler.amazonaws.com'] } }
  const allow = (Action: string[], Resource: string[], Condition?: object): object => ({
    Effect: 'Allow',
    Action,
    Resource,
    ...(Condition && { Condition }),
  })
  return {
    Version: '2012-10-17',
    Statement: [
      allow(
        [
          'lambda:ListFunctions',
          'lambda:ListEventSourceMappings',
          'lambda:CreateEventSourceMapping',
          'tag:GetResources',
          'iam:ListRoles',
          'events:ListEventBuses',
          'events:ListRules',
          'iot:ListTopicRules',
          'logs:DescribeLogGroups',
          'logs:DescribeSubscriptionFilters',
        ],
        ['*'],
      ),
      allow(['lambda:*'], [arn('lambda', `function:${prefix}-*`)]),
      allow(ROLE_ACTIONS, roles),
      allow(['iam:PassRole'], roles, passed),
      allow(['apigateway:*'], [arn('apigateway', '/apis*', `${region}:`), arn('apigateway', '/tags/*', `${region}:`)]),
      allow(['apigateway:*'], [arn('apigateway', '/domainnames*', `${region}:`)]),
      allow(['scheduler:*'], [arn('scheduler', `schedule-group/${prefix}`), arn('scheduler', `schedule/${prefix}/*`)]),
      allow(RULE_ACTIONS, [arn('events', `rule/${prefix}-*`), arn('events', `rule/*/${prefix}-*`)]),
      allow(
        ['lambda:*EventSourceMapping', 'lambda:ListTags', 'lambda:TagResource'],
        [arn('lambda', 'event-source-mapping:*')],
      ),
      allow(['iot:*TopicRule'], [arn('iot', `rule/${`${name}_${stage}`.replace(/\W/g, '_')}_*`)]),
      allow(CODE_ACTIONS, [
        arn('s3', `anyfaas-code-${account}-${region}`, ':'),
        arn('s3', `anyfaas-code-${account}-${region}/*`, ':'),
      ]),
      ...triggerRights(service, arn),
      allow(['cloudwatch:GetMetricData'], ['*']),
      allow(LOG_ACTIONS, [arn('logs', `log-group:/aws/lambda/${prefix}-*`)]),
    ],
  }
}

// Buckets and topics are the deployer's own, so they are named one by one.
function triggerRights(
  { functions }: Site['service'],
  arn: (service: string, rest: string, where?: string) => string,
): object[] {
  const triggers = functions.flatMap((fn) => fn.triggers)
  const groups = triggers.flatMap((one) => (one.kind === 'log' ? [arn('logs', `log-group:${one.source}:*`)] : []))
  const buckets = triggers.flatMap((one) => (one.kind === 'os' ? [arn('s3', one.bucket, ':')] : []))
  const topics = triggers.flatMap((one) =>
    one.kind === 'mq' ? [one.topic.startsWith('arn:') ? one.topic : arn('sns', one.topic)] : [],
  )
  const allow = (Action: string[], Resource: string[]): object[] =>
    Resource.length > 0 ? [{ Effect: 'Allow', Action, Resource }] : []
  return [
    ...allow(['logs:PutSubscriptionFilter', 'logs:DeleteSubscriptionFilter'], groups),
    ...allow(['s3:GetBucketNotification', 's3:PutBucketNotification'], buckets),
    ...allow(
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

const ROLE_ACTIONS = [
  ...['iam:GetRole', 'iam:CreateRole', 'iam:DeleteRole', 'iam:UpdateAssumeRolePolicy'],
  ...['iam:ListAttachedRolePolicies', 'iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
  ...['iam:ListRolePolicies', 'iam:GetRolePolicy', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
]
