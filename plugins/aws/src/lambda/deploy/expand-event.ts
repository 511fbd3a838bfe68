import { type Diagnostic, deployedName, isRef, type Ref, type Resource, type Service, type Tree } from '@anyfaas/kit'
import { cannot } from './cannot.ts'
import { ofAlias } from './expand-parts.ts'
import { logGroupId } from './log-group-kind.ts'
import { LOGS } from './log-subscription-kind.ts'
import { permissionOf, statementId } from './permission-kind.ts'
import { calledArn, qualifierOf } from './qualifiers.ts'
import { EVENTS, RULE_NAME, ruleMark } from './rule-kind.ts'
import { RETRY, SCHEDULE, scheduleName } from './schedule-kinds.ts'
import type { Place } from './site.ts'
import { placeOf, SOURCE, sourceId } from './source-kind.ts'
import { subscriptionId } from './subscription-kind.ts'
import { THINGS, topicRuleMark, topicRuleName } from './topic-rule-kind.ts'

export interface EventContext {
  readonly service: Service
  readonly place: Place
  readonly problems: Diagnostic[]
  /** Resource -> the name of its bucket. */
  readonly buckets: ReadonlyMap<string, string>
  /** The ids of the log groups that the service makes. */
  readonly logGroups: ReadonlySet<string>
}

/** A trigger that is no route, as the things that make it. */
export function expandEvent(event: Resource<Tree>, context: EventContext): readonly Resource<Tree>[] {
  const type = String(event.spec['Type'])
  const target = event.spec['FunctionName']
  if (!isRef(target)) throw new Error('an event without its function')
  const fn = target.$ref.slice('function/'.length)
  const make = MAKERS[type]
  if (make) return make({ ...event, fn }, context)
  context.problems.push(cannot(`the event ${type} of function "${fn}"`, event.at))
  return []
}

type Owned = Resource<Tree> & { readonly fn: string }

type Maker = (event: Owned, context: EventContext) => readonly Resource<Tree>[]

const MAKERS: Readonly<Record<string, Maker>> = {
  ScheduleV2: makeSchedule,
  EventBridgeRule: makeRule,
  S3: makeNotification,
  SNS: makeSubscription,
  SQS: makeSource,
  Kinesis: makeSource,
  DynamoDB: makeSource,
  MSK: makeSource,
  SelfManagedKafka: makeBrokers,
  CloudWatchLogs: makeLogSubscription,
  IoTRule: makeTopicRule,
}

function makeSchedule(event: Owned): readonly Resource<Tree>[] {
  const { Name, RoleArn, Input, RetryPolicy, DeadLetterConfig, ...given } = event.spec['Properties'] as Tree
  const Target = {
    Arn: arnOf(event),
    RoleArn,
    Input,
    RetryPolicy: { ...RETRY, ...(RetryPolicy as Tree) },
    ...(DeadLetterConfig !== undefined && { DeadLetterConfig }),
  }
  const spec = { ...SCHEDULE, ...given, Target, Description: event.id }
  return [{ ...event, type: 'aws:schedule', spec: { ...spec, Name: scheduleName(String(Name), spec) } }]
}

function makeRule(event: Owned, { place, service }: EventContext): readonly Resource<Tree>[] {
  const { Pattern, EventBusName: bus = 'default', ...target } = event.spec['Properties'] as Tree
  const EventBusName = String(bus).split('/').at(-1) as string
  const Name = deployedName([service.name, service.stage, ...event.id.split('/').slice(1)], RULE_NAME)
  const path = EventBusName === 'default' ? Name : `${EventBusName}/${Name}`
  const SourceArn = `arn:${place.partition}:events:${place.region}:${place.account}:rule/${path}`
  const permission = permit(event, { Principal: EVENTS, SourceArn })
  const spec = {
    Name,
    EventBusName,
    Description: `${ruleMark(service)} ${event.id}`,
    EventPattern: Pattern,
    State: 'ENABLED',
    Target: { Arn: arnOf(event), ...target },
    Permission: { $ref: permission.id, field: 'StatementId' },
  }
  return [permission, { ...event, type: 'aws:rule', spec }]
}

function makeNotification(event: Owned, { place, buckets, problems }: EventContext): readonly Resource<Tree>[] {
  const { Bucket: given, Events, Filter } = event.spec['Properties'] as Tree
  const Bucket = isRef(given) ? buckets.get(given.$ref) : given
  if (typeof Bucket !== 'string') {
    problems.push(cannot(`the bucket of ${event.id}, which resources.aws makes,`, event.at))
    return []
  }
  const { S3Key } = (Filter ?? {}) as { S3Key?: { Rules?: readonly unknown[] } }
  const rules = S3Key?.Rules ?? []
  const source = { SourceArn: `arn:${place.partition}:s3:::${Bucket}`, SourceAccount: place.account }
  const permission = permit(event, { Principal: 's3.amazonaws.com', ...source })
  const spec = {
    Bucket,
    LambdaFunctionArn: arnOf(event),
    Events,
    Filter: rules.length > 0 ? { Key: { FilterRules: rules } } : {},
    Permission: { $ref: permission.id, field: 'StatementId' },
  }
  return [permission, { ...event, type: 'aws:notification', spec }]
}

function makeSubscription(event: Owned, { place, problems }: EventContext): readonly Resource<Tree>[] {
  const { Topic: TopicArn, FilterPolicy = {}, Region = place.region, ...others } = event.spec['Properties'] as Tree
  for (const key of Object.keys(others)) problems.push(cannot(`"${key}" of ${event.id}`, event.at))
  if (Region !== place.region) problems.push(cannot(`the topic of another region of ${event.id}`, event.at))
  const permission = permit(event, { Principal: 'sns.amazonaws.com', SourceArn: TopicArn })
  const Permission = { $ref: permission.id, field: 'StatementId' }
  const spec = { TopicArn, Endpoint: arnOf(event), FilterPolicy, Permission }
  const id = subscriptionId(event.fn, String(TopicArn))
  return [permission, { ...event, id, type: 'aws:subscription', spec }]
}

function makeSource(event: Owned): readonly Resource<Tree>[] {
  const { Queue, Stream, ConsumerGroupId, ...given } = event.spec['Properties'] as Tree
  const EventSourceArn = Queue ?? Stream
  const kafka = ConsumerGroupId !== undefined && { AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId } }
  const spec = { ...SOURCE, ...given, ...kafka, EventSourceArn, FunctionName: arnOf(event) }
  return [{ ...event, id: sourceId(event.fn, String(EventSourceArn)), type: 'aws:source', spec }]
}

function makeBrokers(event: Owned): readonly Resource<Tree>[] {
  const { KafkaBootstrapServers, ConsumerGroupId, ...given } = event.spec['Properties'] as Tree
  const spec = {
    ...SOURCE,
    ...given,
    SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: KafkaBootstrapServers } },
    ...(ConsumerGroupId !== undefined && { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId } }),
    FunctionName: arnOf(event),
  }
  return [{ ...event, id: sourceId(event.fn, placeOf(spec)), type: 'aws:source', spec }]
}

function makeLogSubscription(event: Owned, { place, logGroups }: EventContext): readonly Resource<Tree>[] {
  const { LogGroupName, FilterPattern } = event.spec['Properties'] as Tree
  const own = logGroupId(String(LogGroupName))
  const SourceArn = `arn:${place.partition}:logs:${place.region}:${place.account}:log-group:${LogGroupName}:*`
  const permission = permit(event, { Principal: LOGS, SourceArn })
  const spec = {
    LogGroupName: logGroups.has(own) ? { $ref: own, field: 'LogGroupName' } : LogGroupName,
    FilterPattern,
    DestinationArn: arnOf(event),
    Permission: { $ref: permission.id, field: 'StatementId' },
  }
  return [permission, { ...event, type: 'aws:log-subscription', spec }]
}

function makeTopicRule(event: Owned, { place, service }: EventContext): readonly Resource<Tree>[] {
  const { Sql, AwsIotSqlVersion } = event.spec['Properties'] as Tree
  const Name = topicRuleName(service, event.id.split('/').slice(1).join('/'))
  const SourceArn = `arn:${place.partition}:iot:${place.region}:${place.account}:rule/${Name}`
  const permission = permit(event, { Principal: THINGS, SourceArn })
  const spec = {
    Name,
    Description: `${topicRuleMark(service)} ${event.id}`,
    Sql,
    AwsIotSqlVersion,
    FunctionArn: arnOf(event),
    Disabled: false,
    Permission: { $ref: permission.id, field: 'StatementId' },
  }
  return [permission, { ...event, type: 'aws:topic-rule', spec }]
}

// The right of a service to call the function.
function permit({ id, fn, at, spec: event }: Owned, grant: Tree): Resource<Tree> {
  const qualifier = qualifierOf(event)
  const permission = permissionOf(id, qualifier)
  const own = { FunctionName: { $ref: `function/${fn}`, field: 'FunctionName' }, ...ofAlias(fn, qualifier) }
  const spec = { ...own, StatementId: statementId(permission.part), Action: 'lambda:InvokeFunction', ...grant }
  return { id: permission.id, fn, type: 'aws:permission', spec, ...(at !== undefined && { at }) }
}

function arnOf({ fn, spec }: Owned): Ref {
  return calledArn(fn, qualifierOf(spec))
}
