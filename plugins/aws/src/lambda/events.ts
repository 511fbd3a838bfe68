import {
  type DeployedTrigger,
  type Diagnostic,
  deployedName,
  type Fn,
  httpTriggersOf,
  isMap,
  judgeRoutes,
  type KafkaTrigger,
  type MappedTrigger,
  mapTriggers,
  mergeTree,
  type OsTrigger,
  type Resource,
  type Service,
  subjectOf,
  type TimerTrigger,
  type Translation,
  type Tree,
  triggersOf,
} from '@anyfaas/kit'
import { PLATFORM } from './code.ts'
import { SCHEDULE_NAME, scheduleGroup } from './ids.ts'
import type { Roles, Source } from './role.ts'
import { scheduleInput } from './timer.ts'
import { triggers } from './triggers.ts'

export interface Events extends Translation {
  /** What the function's role has to let it read. */
  readonly sources: readonly Source[]
}

/** What the functions of a service share. */
export interface ServiceContext {
  readonly service: Service
  readonly roles: Roles
  /** The buckets that `resources` makes. */
  readonly buckets: Buckets
}

/** Id, or name -> id. */
export type Buckets = ReadonlyMap<unknown, string>

/** Every trigger of a function that is no route, and what it stands on: schedule groups, buckets. */
export function translateEvents(fn: Fn, { service, roles, buckets }: ServiceContext): Events {
  const subject = subjectOf(fn, PLATFORM)
  const http = httpTriggersOf(fn).filter(({ urlOnly }) => !urlOnly)
  const others = triggersOf(fn).filter(({ trigger }) => trigger.kind !== 'http')
  // Routes are planned for the whole service; here their fields are only judged.
  const judged =
    fn.code.kind === 'aggregate' ? judgeRoutes(fn, triggers, subject) : mapTriggers(http, triggers, subject).diagnostics
  const mapped = mapTriggers(others, triggers, subject)
  const resources: Resource[] = []
  const sources: Source[] = []
  const diagnostics: Diagnostic[] = [...judged, ...mapped.diagnostics]
  for (const trigger of mapped.triggers) {
    const { name, deployed } = trigger
    const { Qualifier, ...spec } = trigger.spec
    const made = FINISHERS[trigger.type]?.(trigger, { fn, service, roles, buckets })
    const type = made?.type ?? trigger.type
    resources.push(...(made?.stands ?? []))
    const Properties = mergeTree(mergeTree(made?.properties ?? {}, spec), deployed.trigger.overrides?.['aws'])
    sources.push(...sourcesOf(type, Properties as Tree))
    const FunctionName = { $ref: `function/${fn.name}`, field: 'FunctionName' }
    resources.push({
      id: `trigger/${fn.name}/${name}`,
      type: 'aws:event',
      spec: { FunctionName, Type: type, Properties, ...(Qualifier !== undefined && { Qualifier }) },
      at: deployed.trigger.at,
    })
  }
  return { resources, diagnostics, sources }
}

function sourcesOf(type: string, { Queue, Stream = Queue, SourceAccessConfigurations }: Tree): readonly Source[] {
  if (type !== SELF_MANAGED) return Stream === undefined ? [] : [{ type, arn: Stream }]
  const access = Array.isArray(SourceAccessConfigurations) ? (SourceAccessConfigurations as readonly Tree[]) : []
  // The others name a network: VPC_SUBNET, VPC_SECURITY_GROUP.
  return access.filter(({ Type }) => !String(Type).startsWith('VPC_')).map(({ URI }) => ({ type, arn: URI }))
}

interface Context extends ServiceContext {
  readonly fn: Fn
}

interface Finish {
  /** Another type than the table says. */
  readonly type?: string
  /** What the fields are laid over. */
  readonly properties: Tree
  /** Resources that the event stands on. */
  readonly stands?: readonly Resource[]
}

const FINISHERS: Readonly<Record<string, (trigger: MappedTrigger, context: Context) => Finish>> = {
  ScheduleV2: finishSchedule,
  S3: finishStorage,
  MSK: finishKafka,
  // A rule has to have a pattern; this one takes every event of the bus.
  EventBridgeRule: ({ spec }) => ({ properties: 'Pattern' in spec ? {} : { Pattern: { source: [{ prefix: '' }] } } }),
}

function finishSchedule({ name, deployed }: MappedTrigger, { fn, service, roles }: Context): Finish {
  const { trigger } = deployed as DeployedTrigger<TimerTrigger>
  return {
    properties: {
      Name: deployedName([fn.name, name], SCHEDULE_NAME),
      GroupName: { $ref: 'schedule-group', field: 'Name' },
      ...(trigger.role === undefined && { RoleArn: roles.scheduler() }),
      FlexibleTimeWindow: { Mode: 'OFF' },
      Input: scheduleInput(name, trigger.payload),
    },
    stands: [{ id: 'schedule-group', type: 'aws:schedule-group', spec: { Name: scheduleGroup(service) } }],
  }
}

const SELF_MANAGED = 'SelfManagedKafka'

// Brokers of one's own are reached through the network of the function; how to sign in there, only `overrides` can say.
function finishKafka({ deployed }: MappedTrigger, { fn }: Context): Finish {
  const { trigger } = deployed as DeployedTrigger<KafkaTrigger>
  if (trigger.instance !== undefined) return { properties: {} }
  const { subnets = [], securityGroups = [] } = fn.vpc ?? {}
  const SourceAccessConfigurations = [
    ...subnets.map((subnet) => ({ Type: 'VPC_SUBNET', URI: `subnet:${subnet}` })),
    ...securityGroups.map((group) => ({ Type: 'VPC_SECURITY_GROUP', URI: `security_group:${group}` })),
  ]
  return { type: SELF_MANAGED, properties: { SourceAccessConfigurations } }
}

// SAM links a bucket and a function of one template only: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-s3.html
function finishStorage({ deployed }: MappedTrigger, { buckets }: Context): Finish {
  const { bucket } = (deployed as DeployedTrigger<OsTrigger>).trigger
  const own = buckets.get(bucket)
  if (own !== undefined) return { properties: { Bucket: { Ref: own } } }
  return {
    properties: { Bucket: { $ref: `bucket/${bucket}`, field: 'BucketName' } },
    stands: [{ id: `bucket/${bucket}`, type: 'aws:bucket', spec: { BucketName: bucket } }],
  }
}

/** The buckets that a service makes, each by its id in the template and by its name. */
export function bucketsIn({ resources }: Service): Buckets {
  const tree = (resources['aws'] ?? {}) as Tree
  const all = (isMap(tree['Resources']) ? tree['Resources'] : tree) as Readonly<
    Record<string, { Type?: unknown; Properties?: { BucketName?: unknown } }>
  >
  const own = Object.entries(all).filter(([, one]) => one?.Type === 'AWS::S3::Bucket')
  return new Map([
    ...own.map(([id, one]) => [one.Properties?.BucketName, id] as const),
    ...own.map(([id]) => [id, id] as const),
  ])
}
