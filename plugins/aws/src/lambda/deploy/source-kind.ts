import { isDeepStrictEqual } from 'node:util'
import { type Call, clock, isOurs, type Live, marksOf, type Resource, type Tree } from '@anyfaas/kit'
import type { Action } from '../../account/sdk.ts'
import { claim } from './claims.ts'
import { type Kind, unlessMissing } from './kind.ts'
import type { OurFunctions } from './our-functions.ts'
import { holderId, splitArn } from './qualifiers.ts'
import type { Site } from './site.ts'

/** Field -> its value when the file does not say. */
export const SOURCE: Tree = { Enabled: true, MaximumBatchingWindowInSeconds: 0, FunctionResponseTypes: [] }

// https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html has none of these.
const FIXED = [
  ...['EventSourceArn', 'SelfManagedEventSource', 'StartingPosition', 'Topics'],
  ...['AmazonManagedKafkaEventSourceConfig', 'SelfManagedKafkaEventSourceConfig'],
]

/** Queues, streams and topics that Lambda itself reads: event source mappings. One is known by its function and source. */
export class SourceKind implements Kind {
  readonly type = 'aws:source'
  readonly fields: readonly string[] = ['FunctionName', ...Object.keys(SOURCE), ...FIXED, ...OTHERS]
  readonly rules = Object.fromEntries(FIXED.map((field) => [field, 'replace' as const]))
  readonly #site: Site
  readonly #ours: OurFunctions

  constructor(site: Site, ours: OurFunctions) {
    this.#site = site
    this.#ours = ours
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const ours = new Map((await this.#ours.list(call)).map(({ arn, fn }) => [arn, fn]))
    if (ours.size === 0) return []
    const request = { service: 'lambda', action: 'ListEventSourceMappings', input: {}, about: 'sources' } as const
    const all = await this.#site.api.list(
      request,
      { items: 'EventSourceMappings', next: 'NextMarker', ask: 'Marker' },
      call,
    )
    const found = all.flatMap((live) => {
      const [arn, qualifier] = splitArn(live['FunctionArn'])
      const fn = ours.get(arn)
      if (fn === undefined || live['State'] === 'Deleting') return []
      return [{ live, fn, qualifier, alone: sourceId(fn, placeOf(live)) }]
    })
    const wanted = new Map(desired.map((resource) => [resource.id, resource]))
    // Somebody may have given our function, or an alias of it, a source by hand.
    const own = await claim(found, desired, ({ live }) => this.#bearsMarks(live, call))
    return own.map(({ id, fn, qualifier, live }) => {
      const uses = [`function/${fn}`, holderId(fn, qualifier)]
      return { id, fn, uses, value: read(live, wanted.get(id)?.spec) }
    })
  }

  async find(resource: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    const { FunctionName, EventSourceArn } = resource.spec
    const place = placeOf(resource.spec)
    const { EventSourceMappings } = await this.#call(
      'ListEventSourceMappings',
      { FunctionName, EventSourceArn },
      resource.id,
      call,
    )
    const live = ((EventSourceMappings ?? []) as Tree[]).find(
      (one) => placeOf(one) === place && one['FunctionArn'] === FunctionName,
    )
    return live && { id: resource.id, value: read(await this.#settled(live, call), resource.spec) }
  }

  async create(spec: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const made = await this.#call('CreateEventSourceMapping', { ...spec, Tags: marksOf(this.#site.service) }, id, call)
    const { UUID } = await this.#settled(made, call)
    return { UUID }
  }

  async update(spec: Tree, live: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const { UUID } = live
    const changed = Object.entries(spec).filter(([key, value]) => !isFixed(key) && !isDeepStrictEqual(value, live[key]))
    await this.#settled(
      await this.#call('UpdateEventSourceMapping', { UUID, ...Object.fromEntries(changed) }, id, call),
      call,
    )
    return { UUID }
  }

  async remove({ UUID }: Tree, call: Call, id: string): Promise<void> {
    await this.#call('DeleteEventSourceMapping', { UUID }, id, call)
    // Until it is gone no other may take its place.
    await unlessMissing(this.#settled({ UUID, State: 'Deleting' }, call))
  }

  async #bearsMarks({ EventSourceMappingArn }: Tree, call: Call): Promise<boolean> {
    const arn = String(EventSourceMappingArn)
    return isOurs((await unlessMissing(this.#ours.tagsOf(arn, call))) ?? {}, this.#site.service)
  }

  async #settled(first: Tree, call: Call): Promise<Tree> {
    for (let live = first; ; ) {
      if (live['State'] === 'Enabled' || live['State'] === 'Disabled') return live
      await clock.wait(LOOK_MS, call.signal)
      live = await this.#call('GetEventSourceMapping', { UUID: first['UUID'] }, `source ${first['UUID']}`, call)
    }
  }

  async #call(action: Action<'lambda'>, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'lambda', action, input, about }, call)
  }
}

const OTHERS = [
  'BatchSize',
  'FilterCriteria',
  'DestinationConfig',
  'ParallelizationFactor',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'TumblingWindowInSeconds',
  'ScalingConfig',
  'SourceAccessConfigurations',
] as const
const LOOK_MS = 500

/** A source of a function. */
export function sourceId(fn: string, place: string): string {
  return `source/${fn}/${place}`
}

/** Where a mapping reads: an ARN, or the brokers and topics of somebody's own cluster. */
export function placeOf({ EventSourceArn, SelfManagedEventSource, Topics }: Tree): string {
  if (EventSourceArn !== undefined) return String(EventSourceArn)
  const { Endpoints } = (SelfManagedEventSource ?? {}) as { Endpoints?: Tree }
  return `${[Endpoints?.['KAFKA_BOOTSTRAP_SERVERS'] ?? []].flat().join()}/${[Topics ?? []].flat().join()}`
}

function isFixed(key: string): boolean {
  return FIXED.includes(key)
}

// The platform tells a value for every setting; what the file says nothing of is left as it is.
function read(live: Tree, spec: Tree = {}): Tree {
  const told: Tree = {
    ...live,
    FunctionName: live['FunctionArn'],
    Enabled: /^(Enabl|Creat|Updat)/.test(String(live['State'])),
    FunctionResponseTypes: live['FunctionResponseTypes'] ?? [],
  }
  const keys = ['FunctionName', ...Object.keys({ ...SOURCE, ...spec })].filter((key) => told[key] !== undefined)
  return { ...Object.fromEntries(keys.map((key) => [key, group(told[key], key)])), UUID: live['UUID'] }
}

// More is told of how Kafka is read than can be said.
function group(told: unknown, key: string): unknown {
  return key.endsWith('KafkaEventSourceConfig') ? { ConsumerGroupId: (told as Tree)['ConsumerGroupId'] } : told
}
