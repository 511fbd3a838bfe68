import { Refusal } from '../refusal.ts'
import type { Tree } from './schema.ts'
import { ACCOUNT, type Calls, REGION, type Tagged, type World } from './world.ts'

interface Group {
  readonly name: string
  tags: Record<string, string>
  days?: number
  kmsKeyId?: string
  readonly filters: Map<string, Tree>
}

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
const DAYS = new Set([
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
])

/** CloudWatch Logs: groups, how long their lines stay, who gets them. */
export class LogCalls {
  readonly #groups = new Map<string, Group>()
  readonly #world: World
  /** What was written. */
  readonly events: { readonly group: string; readonly timestamp: number; readonly message: string }[] = []

  constructor(world: World) {
    this.#world = world
    this.add('app')
  }

  add(name: string, tags: Record<string, string> = {}): Group {
    const group: Group = { name, tags, filters: new Map() }
    this.#groups.set(name, group)
    return group
  }

  get calls(): Calls {
    return { ...this.#ofGroups(), ...this.#ofFilters() }
  }

  tagsOf(name: string): Readonly<Record<string, string>> {
    return this.#groups.get(name)?.tags ?? {}
  }

  tagged(): Tagged[] {
    return [...this.#groups.values()].map(({ name, tags }) => [arnOf(name), tags])
  }

  state(): unknown {
    return [...this.#groups.values()]
      .map(({ filters, ...group }) => ({
        ...group,
        filters: [...filters.values()].map((one) => JSON.stringify(one)).sort(),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  #ofGroups(): Calls {
    return {
      CreateLogGroup: ({ logGroupName, kmsKeyId, tags = {} }) => {
        const name = String(logGroupName)
        if (this.#groups.has(name))
          throw new Refusal(400, 'ResourceAlreadyExistsException', 'The specified log group already exists')
        const made = this.add(name, { ...(tags as Record<string, string>) })
        if (kmsKeyId !== undefined) made.kmsKeyId = String(kmsKeyId)
        return {}
      },
      DescribeLogGroups: ({ logGroupNamePrefix = '' }) => ({
        logGroups: [...this.#groups.values()]
          .filter(({ name }) => name.startsWith(String(logGroupNamePrefix)))
          .map(({ name, days, kmsKeyId }) => ({
            logGroupName: name,
            arn: `${arnOf(name)}:*`,
            ...(days !== undefined && { retentionInDays: days }),
            ...(kmsKeyId !== undefined && { kmsKeyId }),
          })),
      }),
      PutRetentionPolicy: ({ logGroupName, retentionInDays }) => {
        if (!DAYS.has(Number(retentionInDays))) throw invalid(`retentionInDays ${retentionInDays}`)
        this.#group(logGroupName).days = Number(retentionInDays)
        return {}
      },
      DeleteRetentionPolicy: ({ logGroupName }) => {
        delete this.#group(logGroupName).days
        return {}
      },
      AssociateKmsKey: ({ logGroupName, kmsKeyId }) => {
        this.#group(logGroupName).kmsKeyId = String(kmsKeyId)
        return {}
      },
      DisassociateKmsKey: ({ logGroupName }) => {
        delete this.#group(logGroupName).kmsKeyId
        return {}
      },
      DeleteLogGroup: ({ logGroupName }) => {
        this.#group(logGroupName)
        this.#groups.delete(String(logGroupName))
        return {}
      },
      ListTagsForResource: ({ resourceArn }) => ({ tags: this.#byArn(resourceArn).tags }),
      TagResource: ({ resourceArn, tags }) => {
        Object.assign(this.#byArn(resourceArn).tags, tags)
        return {}
      },
      UntagResource: ({ resourceArn, tagKeys }) => {
        const { tags } = this.#byArn(resourceArn)
        for (const key of tagKeys as string[]) delete tags[key]
        return {}
      },
    }
  }

  #ofFilters(): Calls {
    return {
      PutSubscriptionFilter: ({ logGroupName, filterName, filterPattern, destinationArn }) => {
        const { filters } = this.#group(logGroupName)
        if (!filters.has(String(filterName)) && filters.size >= 2)
          throw new Refusal(400, 'LimitExceededException', 'Resource limit exceeded.')
        this.#checkCaller(String(destinationArn), String(logGroupName))
        filters.set(String(filterName), { filterName, logGroupName, filterPattern, destinationArn })
        return {}
      },
      DescribeSubscriptionFilters: ({ logGroupName, filterNamePrefix = '' }) => ({
        subscriptionFilters: [...this.#group(logGroupName).filters.values()].filter(({ filterName }) =>
          String(filterName).startsWith(String(filterNamePrefix)),
        ),
      }),
      DeleteSubscriptionFilter: ({ logGroupName, filterName }) => {
        if (!this.#group(logGroupName).filters.delete(String(filterName))) throw missing('subscription filter')
        return {}
      },
      FilterLogEvents: ({ logGroupName, startTime = 0, nextToken }) => {
        this.#group(logGroupName)
        const own = this.events.filter(
          ({ group, timestamp }) => group === logGroupName && timestamp >= Number(startTime),
        )
        const from = Number(nextToken ?? 0)
        const page = own.slice(from, from + 2).map(({ timestamp, message }, index) => ({
          ...{ eventId: String(this.events.indexOf(own[from + index] as (typeof own)[number])), timestamp, message },
        }))
        return { events: page, ...(from + 2 < own.length && { nextToken: String(from + 2) }) }
      },
    }
  }

  // It tries the function before it takes the filter.
  #checkCaller(arn: string, group: string): void {
    if (!this.#world.allows(arn, `${arnOf(group)}:*`))
      throw invalid(
        'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
      )
  }

  #byArn(arn: unknown): Group {
    return this.#group(String(arn).split(':').at(-1))
  }

  #group(name: unknown): Group {
    const found = this.#groups.get(String(name))
    if (!found) throw missing('log group')
    return found
  }
}

function arnOf(name: string): string {
  return `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}`
}

function missing(what: string): Refusal {
  return new Refusal(400, 'ResourceNotFoundException', `The specified ${what} does not exist.`)
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'InvalidParameterException', message)
}
