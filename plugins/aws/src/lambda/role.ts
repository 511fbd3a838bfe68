import {
  ACCOUNT,
  deployedName,
  type Fn,
  isMap,
  PARTITION,
  REGION,
  type Ref,
  type Resource,
  type Service,
  type Tree,
} from '@anyfaas/kit'
import { facts } from './facts.ts'

/** What a function may do, beside running. */
export interface Rights {
  /** Names of managed policies of AWS. */
  readonly managed: readonly string[]
  readonly statements: readonly Statement[]
}

export interface Statement {
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: readonly unknown[]
}

/** What a function reads by itself: the type of the event, and the ARN of a queue, a stream, a cluster, a secret for one. */
export interface Source {
  readonly type: string
  readonly arn: unknown
}

const BASIC = 'AWSLambdaBasicExecutionRole'
const VPC = 'AWSLambdaVPCAccessExecutionRole'

const MSK = 'AWSLambdaMSKExecutionRole'

// What the managed policy of each source allows for all of an account, for one. That of MSK is mostly about networks, which
// stand under no cluster. https://docs.aws.amazon.com/lambda/latest/dg/lambda-permissions.html
const READS: Readonly<Record<string, readonly string[]>> = {
  SQS: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  Kinesis: [
    ...['kinesis:DescribeStream', 'kinesis:DescribeStreamSummary', 'kinesis:GetRecords', 'kinesis:GetShardIterator'],
    ...['kinesis:ListShards', 'kinesis:SubscribeToShard'],
  ],
  DynamoDB: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
  // How it signs in.
  SelfManagedKafka: ['secretsmanager:GetSecretValue'],
}

// A list is of the whole account.
const LISTS: Readonly<Record<string, string>> = { Kinesis: 'kinesis:ListStreams', DynamoDB: 'dynamodb:ListStreams' }

const SEND: Readonly<Record<string, string>> = {
  SQS: 'sqs:SendMessage',
  SNS: 'sns:Publish',
  Lambda: 'lambda:InvokeFunction',
  EventBridge: 'events:PutEvents',
  S3Bucket: 's3:PutObject',
}

/** The rights that a function needs for its network, its sources, its destinations and its secrets. */
export function rightsOf(fn: Fn, sources: readonly Source[], properties: Tree): Rights {
  const managed = [
    fn.vpc || isMap(properties['VpcConfig']) ? VPC : BASIC,
    ...(sources.some(({ type }) => type === 'MSK') ? [MSK] : []),
  ]
  const config = (properties['EventInvokeConfig'] as Tree | undefined)?.['DestinationConfig'] as
    | Readonly<Record<string, { Type: string; Destination: string }>>
    | undefined
  const dead = properties['DeadLetterQueue'] as { Type: string; TargetArn: string } | undefined
  const all = [...Object.values(config ?? {}), ...(dead ? [{ Type: dead.Type, Destination: dead.TargetArn }] : [])]
  const sends = all.flatMap(({ Type, Destination }) => {
    const action = SEND[Type]
    return action === undefined ? [] : [allow([action], [Type === 'S3Bucket' ? `${Destination}/*` : Destination])]
  })
  const secrets = fn.secrets.map((name) =>
    name.startsWith('arn:') ? name : `arn:${PARTITION}:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-*`,
  )
  const reads = secrets.length > 0 ? [allow(['secretsmanager:GetSecretValue'], secrets)] : []
  return { managed, statements: [...readsOf(sources), ...sends, ...reads] }
}

function readsOf(sources: readonly Source[]): Statement[] {
  return [...new Set(sources.map(({ type }) => type))].flatMap((type) => {
    const [actions, list] = [READS[type], LISTS[type]]
    const arns = sources.flatMap((source) => (source.type === type ? [source.arn] : []))
    return actions ? [allow(actions, [...new Set(arns)]), ...(list === undefined ? [] : [allow([list], ['*'])])] : []
  })
}

/** Gives functions that need the same one role: a new role takes its time, and an account has few. */
export class Roles {
  readonly #roles = new Map<string, Resource>()
  readonly #service: Service
  #scheduler: Ref | undefined

  constructor(service: Service) {
    this.#service = service
  }

  get resources(): readonly Resource[] {
    return [...this.#roles.values()]
  }

  /** The ARN of a role with these rights; `owner` names it when nobody else could share it. */
  arnOf(rights: Rights, owner: string): Ref {
    const shared = [...rights.managed]
      .sort()
      .map((name) => SHORT[name] ?? name)
      .join('-')
    const name = rights.statements.length > 0 ? `${owner}-own` : shared
    return this.#add(name, {
      managed: rights.managed,
      statements: rights.statements,
      principal: 'lambda.amazonaws.com',
    })
  }

  /** The ARN of the role by which schedules call the functions of the service. */
  scheduler(): Ref {
    // Once for all schedules: the pattern looks at the names of all functions.
    this.#scheduler ??= this.#addScheduler()
    return this.#scheduler
  }

  #addScheduler(): Ref {
    const functions = `arn:${PARTITION}:lambda:${REGION}:${ACCOUNT}:function:${functionPattern(this.#service)}`
    const statement = allow(['lambda:InvokeFunction'], [functions])
    return this.#add('scheduler', { managed: [], statements: [statement], principal: 'scheduler.amazonaws.com' })
  }

  #add(name: string, granted: Granted): Ref {
    const id = roleId(name)
    if (!this.#roles.has(id)) this.#roles.set(id, roleOf(this.#service, name, granted))
    return { $ref: id, field: 'Arn' }
  }
}

interface Granted extends Rights {
  /** Who may take the role on. */
  readonly principal: string
}

/** A role of the service. */
export function roleOf(
  service: Pick<Service, 'name' | 'stage'>,
  name: string,
  { managed, statements, principal }: Granted,
): Resource<Tree> {
  const spec = {
    RoleName: deployedName([service.name, service.stage, name], ROLE_NAME),
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: [principal] }, Action: ['sts:AssumeRole'] }],
    },
    ...(managed.length > 0 && {
      ManagedPolicyArns: managed.map((policy) => `arn:${PARTITION}:iam::aws:policy/service-role/${policy}`),
    }),
    ...(statements.length > 0 && {
      Policies: [{ PolicyName: 'anyfaas', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
    }),
  }
  return { id: roleId(name), type: 'aws:role', spec }
}

function roleId(name: string): string {
  return `role/${name}`
}

/** The names of all functions of a service, as a policy says it. A name that does not fit is cut, or has other characters. */
export function functionPattern({ name, stage, functions }: Service): string {
  const usual = `${name}-${stage}-`.replace(/[^\w-]+/g, '-')
  const [first = usual, ...others] = functions.map((fn) => deployedName([name, stage, fn.name], facts.functionName))
  if ([first, ...others].every((one) => one.startsWith(usual))) return `${usual}*`
  let length = 0
  while (length < first.length && others.every((one) => one[length] === first[length])) length++
  return `${first.slice(0, length)}*`
}

const SHORT: Readonly<Record<string, string>> = {
  [BASIC]: 'basic',
  [VPC]: 'vpc',
  [MSK]: 'msk',
}

export const ROLE_NAME = { pattern: /^[\w+=,.@-]+$/, maxLength: 64, words: '' }

function allow(actions: readonly string[], resources: readonly unknown[]): Statement {
  return { Effect: 'Allow', Action: actions, Resource: resources }
}
