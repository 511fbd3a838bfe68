import type { Call, Live, Resource, Tree } from '@anyfaas/kit'
import { type Kind, unlessMissing } from './kind.ts'
import type { OurFunctions } from './our-functions.ts'
import type { PermissionKind } from './permission-kind.ts'
import { holderId, splitArn } from './qualifiers.ts'
import type { Site } from './site.ts'

/** Subscriptions of functions to topics. One belongs to the function that it calls. */
export class SubscriptionKind implements Kind {
  readonly type = 'aws:subscription'
  readonly fields = ['TopicArn', 'Endpoint', 'FilterPolicy']
  readonly rules = { TopicArn: 'replace', Endpoint: 'replace', Permission: 'ignore' } as const
  readonly #site: Site
  readonly #ours: OurFunctions
  readonly #permissions: PermissionKind

  constructor(site: Site, ours: OurFunctions, permissions: PermissionKind) {
    this.#site = site
    this.#ours = ours
    this.#permissions = permissions
  }

  // A topic that the file no longer names stands in the permission that it had.
  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const had = (await this.#permissions.grantedTo('sns.amazonaws.com', call)).map(({ SourceArn }) => String(SourceArn))
    const topics = new Set([...desired.map(({ spec }) => String(spec['TopicArn'])), ...had])
    const ours = new Map((await this.#ours.list(call)).map(({ arn, fn }) => [arn, fn]))
    const lists = [...topics].map(async (TopicArn) => {
      const found = await unlessMissing(this.#all({ TopicArn }, call))
      const own = (found ?? []).flatMap((one) => {
        const fn = ours.get(splitArn(one['Endpoint'])[0])
        return fn === undefined ? [] : [this.#live(one, fn, call)]
      })
      return await Promise.all(own)
    })
    return (await Promise.all(lists)).flat()
  }

  async create(spec: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const { TopicArn, Endpoint, FilterPolicy } = spec
    const Attributes = isEmpty(FilterPolicy) ? {} : { FilterPolicy: JSON.stringify(FilterPolicy) }
    const input = { TopicArn, Protocol: 'lambda', Endpoint, Attributes, ReturnSubscriptionArn: true }
    return { SubscriptionArn: (await this.#call('Subscribe', input, id, call))['SubscriptionArn'] }
  }

  async update(spec: Tree, { SubscriptionArn }: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const AttributeValue = JSON.stringify(spec['FilterPolicy'])
    const input = { SubscriptionArn, AttributeName: 'FilterPolicy', AttributeValue }
    await this.#call('SetSubscriptionAttributes', input, id, call)
    return {}
  }

  remove({ SubscriptionArn }: Tree, call: Call, id: string): Promise<Tree> {
    return this.#call('Unsubscribe', { SubscriptionArn }, id, call)
  }

  async #live({ SubscriptionArn, TopicArn, Endpoint }: Tree, fn: string, call: Call): Promise<Live<Tree>> {
    const { Attributes } = await this.#call('GetSubscriptionAttributes', { SubscriptionArn }, `topic ${TopicArn}`, call)
    const { FilterPolicy = '{}' } = Attributes as { FilterPolicy?: string }
    const value = { SubscriptionArn, TopicArn, Endpoint, FilterPolicy: JSON.parse(FilterPolicy) }
    const uses = [`function/${fn}`, holderId(fn, splitArn(Endpoint)[1])]
    return { id: subscriptionId(fn, String(TopicArn)), fn, uses, value }
  }

  async #call(action: string, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'sns', action, input, about }, call)
  }

  async #all(input: object, call: Call): Promise<Tree[]> {
    const request = { service: 'sns', action: 'ListSubscriptionsByTopic', input, about: 'topics' } as const
    return await this.#site.api.list(request, { items: 'Subscriptions', next: 'NextToken', ask: 'NextToken' }, call)
  }
}

/** The subscription of a function to a topic. */
export function subscriptionId(fn: string, topic: string): string {
  return `subscription/${fn}/${topic}`
}

function isEmpty(value: unknown): boolean {
  return Object.keys((value ?? {}) as Tree).length === 0
}
