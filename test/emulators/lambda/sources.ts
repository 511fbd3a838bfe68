import { isDeepStrictEqual } from 'node:util'
import { Refusal } from '../refusal.ts'
import type { Tree } from './schema.ts'
import { ACCOUNT, arnOf, type Calls, nameOf, qualifierOf, REGION, type Tagged, tagMap, type World } from './world.ts'

/** What other services know of functions: mappings of Lambda, rules, notifications of buckets, subscriptions. */
export class SourceCalls {
  readonly mappings = new Map<string, Tree>()
  readonly rules = new Map<string, Tree>()
  readonly targets = new Map<string, Tree[]>()
  readonly buckets = new Map<string, Tree>([
    [
      'photos',
      {
        LambdaFunctionConfigurations: [
          { Id: 'somebody-else', LambdaFunctionArn: arnOf('x'), Events: ['s3:ObjectRemoved:*'] },
        ],
      },
    ],
    ['others', {}],
  ])
  /** Buckets of these names are in another region. */
  readonly elsewhere = new Set<string>()
  readonly subscriptions = new Map<string, Tree>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  get lambda(): Calls {
    const of = (id: unknown): Tree => {
      const found = this.mappings.get(String(id))
      if (!found)
        throw new Refusal(404, 'ResourceNotFoundException', `The resource you requested does not exist: ${id}`)
      return found
    }
    return {
      CreateEventSourceMapping: ({ FunctionName, Enabled = true, Tags = {}, ...given }) => {
        this.#world.facet(FunctionName)
        const qualifier = qualifierOf(FunctionName)
        const FunctionArn = arnOf(nameOf(FunctionName)) + (qualifier === undefined ? '' : `:${qualifier}`)
        if (
          [...this.mappings.values()].some(
            (one) =>
              one['FunctionArn'] === FunctionArn &&
              ['EventSourceArn', 'SelfManagedEventSource', 'Topics'].every((key) =>
                isDeepStrictEqual(one[key], given[key]),
              ),
          )
        )
          throw new Refusal(
            409,
            'ResourceConflictException',
            'An event source mapping with this source and function already exists.',
          )
        if (
          (/:(kinesis|dynamodb|kafka):/.test(String(given['EventSourceArn'])) || given['SelfManagedEventSource']) &&
          given['StartingPosition'] === undefined
        )
          throw new Refusal(
            400,
            'InvalidParameterValueException',
            '1 validation error detected: starting position is required',
          )
        const UUID = this.#world.id('m')
        const usual = {
          BatchSize: String(given['EventSourceArn']).includes(':sqs:') ? 10 : 100,
          MaximumBatchingWindowInSeconds: 0,
        }
        const EventSourceMappingArn = `arn:aws:lambda:${REGION}:${ACCOUNT}:event-source-mapping:${UUID}`
        this.#world.mappingTags.set(EventSourceMappingArn, Tags as Record<string, string>)
        this.mappings.set(UUID, {
          UUID,
          FunctionArn,
          EventSourceMappingArn,
          ...usual,
          ...given,
          State: Enabled ? 'Enabled' : 'Disabled',
        })
        return { ...of(UUID), State: 'Creating' }
      },
      ListEventSourceMappings: ({ FunctionName, EventSourceArn }) => ({
        EventSourceMappings: [...this.mappings.values()].filter(
          (one) =>
            (FunctionName === undefined || nameOf(one['FunctionArn']) === nameOf(FunctionName)) &&
            (EventSourceArn === undefined || one['EventSourceArn'] === EventSourceArn),
        ),
      }),
      GetEventSourceMapping: ({ UUID }) => of(UUID),
      UpdateEventSourceMapping: ({ UUID, FunctionName, Enabled, ...given }) => {
        const found = of(UUID)
        if (FunctionName !== undefined) {
          this.#world.facet(FunctionName)
          found['FunctionArn'] = FunctionName
        }
        Object.assign(found, given, Enabled === undefined ? {} : { State: Enabled ? 'Enabled' : 'Disabled' })
        return { ...found, State: 'Updating' }
      },
      DeleteEventSourceMapping: ({ UUID }) => {
        const found = of(UUID)
        this.mappings.delete(String(UUID))
        this.#world.mappingTags.delete(String(found['EventSourceMappingArn']))
        return { ...found, State: 'Deleting' }
      },
    }
  }

  get events(): Calls {
    const key = ({ Name, Rule = Name, EventBusName = 'default' }: Tree): string => `${EventBusName}/${Rule}`
    return {
      ListEventBuses: () => ({ EventBuses: [{ Name: 'default' }, { Name: 'shop' }] }),
      ListRules: ({ EventBusName = 'default', NamePrefix = '' }) => ({
        Rules: [...this.rules.values()].filter(
          (one) => one['EventBusName'] === EventBusName && String(one['Name']).startsWith(String(NamePrefix)),
        ),
      }),
      PutRule: (input) => {
        JSON.parse(String(input['EventPattern']))
        // Tags of a rule that is there are passed over.
        const { Tags = input['Tags'] } = this.rules.get(key(input)) ?? {}
        this.rules.set(key(input), { EventBusName: 'default', ...input, Tags })
        return { RuleArn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/${input['Name']}` }
      },
      PutTargets: (input) => {
        this.targets.set(key(input), input['Targets'] as Tree[])
        return { FailedEntryCount: 0, FailedEntries: [] }
      },
      ListTargetsByRule: (input) => ({ Targets: this.targets.get(key(input)) ?? [] }),
      RemoveTargets: (input) => {
        this.targets.delete(key(input))
        return { FailedEntryCount: 0, FailedEntries: [] }
      },
      DeleteRule: (input) => {
        if ((this.targets.get(key(input)) ?? []).length > 0)
          throw new Refusal(400, 'ValidationException', "Rule can't be deleted since it has targets.")
        this.rules.delete(key(input))
        return {}
      },
    }
  }

  tagged(): Tagged[] {
    return [...this.rules.values()].map(({ EventBusName, Name, Tags = [] }) => {
      const path = EventBusName === 'default' ? Name : `${EventBusName}/${Name}`
      return [`arn:aws:events:${REGION}:${ACCOUNT}:rule/${path}`, tagMap(Tags)]
    })
  }

  get s3(): Calls {
    const of = (bucket: unknown): Tree => {
      const found = this.buckets.get(String(bucket))
      if (this.elsewhere.has(String(bucket)))
        throw new Refusal(301, 'PermanentRedirect', 'The bucket must be addressed using the specified endpoint.')
      if (!found) throw new Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist')
      return found
    }
    return {
      GetBucketNotificationConfiguration: ({ Bucket }) => of(Bucket),
      PutBucketNotificationConfiguration: ({ Bucket, NotificationConfiguration, SkipDestinationValidation }) => {
        const { LambdaFunctionConfigurations: known = [] } = of(Bucket) as { LambdaFunctionConfigurations?: Tree[] }
        const told = NotificationConfiguration as { LambdaFunctionConfigurations?: Tree[] }
        // Sharper than the service, which then asks nobody: what comes new has its permission already.
        const asked = (one: Tree) => !SkipDestinationValidation || known.every(({ Id }) => Id !== one['Id'])
        for (const { LambdaFunctionArn } of (told.LambdaFunctionConfigurations ?? []).filter(asked))
          this.#checkCaller(String(LambdaFunctionArn), String(Bucket))
        this.buckets.set(String(Bucket), told)
        return {}
      },
    }
  }

  get sns(): Calls {
    return {
      Subscribe: ({ TopicArn, Endpoint, Protocol, Attributes = {} }) => {
        const known = [...this.subscriptions].find(
          ([, one]) => one['TopicArn'] === TopicArn && one['Endpoint'] === Endpoint,
        )
        const SubscriptionArn = known?.[0] ?? `${TopicArn}:${this.#world.id('s')}`
        this.subscriptions.set(SubscriptionArn, { TopicArn, Endpoint, Protocol, Attributes })
        return { SubscriptionArn }
      },
      ListSubscriptionsByTopic: ({ TopicArn }) => ({
        Subscriptions: [...this.subscriptions]
          .filter(([, one]) => one['TopicArn'] === TopicArn)
          .map(([SubscriptionArn, { Endpoint, Protocol }]) => ({
            SubscriptionArn,
            TopicArn,
            Endpoint,
            Protocol,
            Owner: ACCOUNT,
          })),
      }),
      GetSubscriptionAttributes: ({ SubscriptionArn }) => ({
        Attributes: this.subscriptions.get(String(SubscriptionArn))?.['Attributes'],
      }),
      SetSubscriptionAttributes: ({ SubscriptionArn, AttributeName, AttributeValue }) => {
        const found = this.subscriptions.get(String(SubscriptionArn)) as Tree
        found['Attributes'] = { [String(AttributeName)]: AttributeValue }
        return {}
      },
      Unsubscribe: ({ SubscriptionArn }) => {
        this.subscriptions.delete(String(SubscriptionArn))
        return {}
      },
    }
  }

  /** Without made-up ids. */
  state(): unknown {
    const lines = (things: Iterable<Tree>): string[] => [...things].map((one) => JSON.stringify(sorted(one))).sort()
    return {
      mappings: lines([...this.mappings.values()].map(({ UUID: _, EventSourceMappingArn: __, ...one }) => one)),
      rules: lines(this.rules.values()),
      targets: Object.fromEntries(this.targets),
      buckets: Object.fromEntries(
        [...this.buckets].map(([name, { LambdaFunctionConfigurations: own = [] }]) => [name, lines(own as Tree[])]),
      ),
      subscriptions: lines(
        [...this.subscriptions.values()].map((one) => ({
          ...one,
          Attributes: JSON.stringify(one['Attributes']).replace('{"FilterPolicy":"{}"}', '{}'),
        })),
      ),
    }
  }

  // The bucket asks whether it may call before it takes the configuration.
  #checkCaller(arn: string, bucket: string): void {
    if (nameOf(arn) !== 'x' && !this.#world.allows(arn, `arn:aws:s3:::${bucket}`))
      throw new Refusal(400, 'InvalidArgument', 'Unable to validate the following destination configurations')
  }
}

function sorted(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)))
}
