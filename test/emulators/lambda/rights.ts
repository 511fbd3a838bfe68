import { isDeepStrictEqual } from 'node:util'
import type { Tree } from './schema.ts'
import { ACCOUNT, arnOf, nameOf, REGION } from './world.ts'

/** What a policy has to allow, as the platform asks it: `*` is a resource of its own, which no ARN stands for. */
export interface Right {
  readonly action: string
  readonly resource: string
  /** What conditions look at. */
  readonly keys?: Readonly<Record<string, string>>
}

export interface Asked {
  readonly service: string
  readonly name: string
  readonly input: Tree
  readonly method: string
  readonly path: string
}

/** What calls ask for that their input does not tell. */
export interface Known {
  readonly roleArn: (name: unknown) => string
  readonly logTags: (group: string) => Readonly<Record<string, string>>
  /** Which function a mapping calls. */
  readonly mapped: (id: unknown) => unknown
}

/**
 * The rights that a call takes, by the vendor's tables of them.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function rightsOf(asked: Asked, known: Known): readonly Right[] {
  const own = OWN[asked.service]
  if (!own) throw new Error(`nobody knows the rights of ${asked.service}`)
  return own(asked, known)
}

/** Whether a policy allows it. */
export function isAllowed({ Statement }: Policy, { action, resource, keys = {} }: Right): boolean {
  return Statement.some(
    (one) =>
      one.Action.some((pattern) => isLike(action, pattern)) &&
      one.Resource.some((pattern) => pattern === resource || (resource !== '*' && isLike(resource, pattern))) &&
      Object.entries(one.Condition ?? {}).every(([operator, wanted]) => holds(operator, wanted, keys)),
  )
}

export interface Policy {
  readonly Statement: readonly {
    readonly Action: readonly string[]
    readonly Resource: readonly string[]
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
  }[]
}

function holds(operator: string, wanted: Tree, keys: Readonly<Record<string, string>>): boolean {
  if (operator !== 'StringEquals' && operator !== 'ArnLike') throw new Error(`nobody knows ${operator}`)
  return Object.entries(wanted).every(([key, values]) =>
    [values].flat().some((value) => {
      const given = keys[key]
      return given !== undefined && (operator === 'ArnLike' ? isLike(given, String(value)) : given === value)
    }),
  )
}

function isLike(text: string, pattern: string): boolean {
  const words = pattern.split('*').map((word) => word.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${words.join('.*')}$`, 's').test(text)
}

type Rule = (asked: Asked, known: Known) => readonly Right[]

const OWN: Readonly<Record<string, Rule>> = {
  lambda: lambdaRights,
  iam: ({ name, input }, { roleArn }) => {
    const isList = name === 'ListRoles' || name === 'GetAccountAuthorizationDetails'
    const made = `arn:aws:iam::${ACCOUNT}:role${input['Path']}${input['RoleName']}`
    const resource = isList ? '*' : name === 'CreateRole' ? made : roleArn(input['RoleName'])
    return [{ action: `iam:${name}`, resource }]
  },
  sts: () => [],
  tagging: () => [{ action: 'tag:GetResources', resource: '*' }],
  monitoring: ({ name }) => [{ action: `cloudwatch:${name}`, resource: '*' }],
  logs: ({ name, input }, { logTags }) => {
    const group = String(input['logGroupName'] ?? String(input['resourceArn']).split(':')[6])
    const tags = Object.entries(logTags(group)).map(([key, value]) => [`aws:ResourceTag/${key}`, value])
    const resource = name === 'DescribeLogGroups' ? '*' : arn('logs', `log-group:${group}`)
    const action = `logs:${name}`
    const tagging = input['tags'] && name === 'CreateLogGroup' ? [{ action: 'logs:TagResource', resource }] : []
    return [{ action, resource, keys: Object.fromEntries(tags) }, ...tagging]
  },
  events: ({ name, input }) => {
    const bus = input['EventBusName'] ?? 'default'
    const path = [...(bus === 'default' ? [] : [bus]), input['Name'] ?? input['Rule']].join('/')
    const isList = name === 'ListRules' || name === 'ListEventBuses'
    const resource = isList ? '*' : arn('events', `rule/${path}`)
    return [
      { action: `events:${name}`, resource },
      ...(input['Tags'] ? [{ action: 'events:TagResource', resource }] : []),
    ]
  },
  s3: ({ name, input }) => {
    const bucket = `arn:aws:s3:::${input['Bucket']}`
    const resource = input['Key'] === undefined ? bucket : `${bucket}/${input['Key']}`
    return [{ action: `s3:${BUCKET_ACTIONS[name] ?? name}`, resource }]
  },
  sns: ({ name, input }) => [{ action: `sns:${name}`, resource: String(input['TopicArn'] ?? '*') }],
  iot: ({ name, input }) => {
    const resource = name === 'ListTopicRules' ? '*' : arn('iot', `rule/${input['ruleName']}`)
    return [{ action: `iot:${name}`, resource }, ...(input['tags'] ? [{ action: 'iot:TagResource', resource }] : [])]
  },
  scheduler: ({ name, input }) => {
    const { Target, GroupName, Name, ResourceArn } = input as { Target?: Tree } & Tree
    const path = name.includes('Group') ? `schedule-group/${Name}` : `schedule/${GroupName}/${Name}`
    const resource = name === 'ListSchedules' ? '*' : String(ResourceArn ?? arn('scheduler', path))
    const passed = Target ? [passing(Target['RoleArn'], 'scheduler')] : []
    return [{ action: `scheduler:${name}`, resource }, ...passed]
  },
  apigateway: ({ method, path, input }) => {
    const passed = input['CredentialsArn'] ? [passing(input['CredentialsArn'], 'apigateway')] : []
    // The path of a tag ends in an ARN, encoded; the version is no part of it.
    const at = path.slice(3).replace(/(?<=^\/tags\/).+/, encodeURIComponent)
    const arnOfGateway = `arn:aws:apigateway:${REGION}::`
    const resource = `${arnOfGateway}${at}`
    // What is made has no name yet by which its tags could be asked for.
    const made =
      method === 'POST' && /^\/(apis|domainnames)$/.test(at) ? encodeURIComponent(`${arnOfGateway}/v2${at}/*`) : ''
    const tagging = input['Tags']
      ? [
          { action: 'apigateway:TagResource', resource },
          ...(made ? [{ action: 'apigateway:POST', resource: `${arnOfGateway}/tags/${made}` }] : []),
        ]
      : []
    return [{ action: `apigateway:${method}`, resource }, ...tagging, ...passed]
  },
}

// Where the right has another name than the call.
const BUCKET_ACTIONS: Readonly<Record<string, string>> = {
  HeadBucket: 'ListBucket',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  PutBucketNotificationConfiguration: 'PutBucketNotification',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
}

function lambdaRights({ name, input }: Asked, { mapped }: Known): readonly Right[] {
  const action = `lambda:${name === 'Invoke' ? 'InvokeFunction' : name}`
  if (name === 'ListFunctions' || name === 'ListEventSourceMappings') return [{ action, resource: '*' }]
  if (name.endsWith('EventSourceMapping')) {
    const called = name.startsWith('Create') ? input['FunctionName'] : mapped(input['UUID'])
    const keys = { 'lambda:FunctionArn': arnOf(nameOf(called)) }
    const tagged = arn('lambda', 'event-source-mapping:new')
    if (name.startsWith('Create'))
      return [
        { action, resource: '*', keys },
        { action: 'lambda:TagResource', resource: tagged },
      ]
    return [{ action, resource: arn('lambda', `event-source-mapping:${input['UUID']}`), keys }]
  }
  const resource = String(input['Resource'] ?? arnOf(nameOf(input['FunctionName'])))
  return [{ action, resource }, ...rightsBeside(input)]
}

// What the platform does in the name of who deploys.
function rightsBeside(input: Tree): readonly Right[] {
  const { Role, Layers = [], VpcConfig, Code, S3Bucket, S3Key, KMSKeyArn, FileSystemConfigs = [] } = input
  const code = { S3Bucket, S3Key, ...(Code as Tree) }
  const network = VpcConfig && !isDeepStrictEqual(VpcConfig, { SubnetIds: [], SecurityGroupIds: [] })
  return [
    ...(Role ? [passing(Role, 'lambda')] : []),
    ...(Layers as string[]).map((resource) => ({ action: 'lambda:GetLayerVersion', resource })),
    ...(network ? NETWORK.map((action) => ({ action, resource: '*' })) : []),
    ...(KMSKeyArn ? KEYS.map((action) => ({ action, resource: String(KMSKeyArn) })) : []),
    ...((FileSystemConfigs as Tree[]).length > 0
      ? [{ action: 'elasticfilesystem:DescribeMountTargets', resource: '*' }]
      : []),
    ...(code.S3Bucket ? [{ action: 's3:GetObject', resource: `arn:aws:s3:::${code.S3Bucket}/${code.S3Key}` }] : []),
  ]
}

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
const NETWORK = ['ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs']

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
const KEYS = ['kms:CreateGrant', 'kms:Encrypt']

function passing(role: unknown, to: string): Right {
  return { action: 'iam:PassRole', resource: String(role), keys: { 'iam:PassedToService': `${to}.amazonaws.com` } }
}

function arn(of: string, rest: string): string {
  return `arn:aws:${of}:${REGION}:${ACCOUNT}:${rest}`
}
