import type { Call, Live, Resource, Tree } from '@anyfaas/kit'
import type { Action } from '../../account/sdk.ts'
import { claim } from './claims.ts'
import { type Kind, readLeft, unlessMissing } from './kind.ts'
import type { OurFunctions } from './our-functions.ts'
import type { PermissionKind } from './permission-kind.ts'
import { holderId, partId, qualifierOf, splitArn } from './qualifiers.ts'
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

  // A topic that the file no longer names stands in the permission that it had, and what is ours has one for just what it calls:
  // others may call our functions and their aliases too.
  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const granted = await this.#permissions.grantedTo('sns.amazonaws.com', call)
    const permissions = new Map(granted.map(({ id, fn = '', value }) => [keyOf(fn, value), id]))
    const had = granted.map(({ value }) => String(value['SourceArn']))
    const wanted = new Set(desired.map(({ spec }) => String(spec['TopicArn'])))
    const ours = new Map((await this.#ours.list(call)).map(({ arn, fn }) => [arn, fn]))
    const lists = [...new Set([...wanted, ...had])].map(async (TopicArn) => {
      const reading = this.#all({ TopicArn }, call)
      const told = wanted.has(TopicArn) ? unlessMissing(reading) : readLeft(reading, `the topic ${TopicArn}`, call)
      return (await told) ?? []
    })
    const found = (await Promise.all(lists)).flat().flatMap((live) => {
      const [arn, qualifier] = splitArn(live['Endpoint'])
      const fn = ours.get(arn)
      if (fn === undefined) return []
      const SourceArn = live['TopicArn']
      const permission = permissions.get(keyOf(fn, { SourceArn, Qualifier: qualifier }))
      return [{ live, fn, qualifier, permission, alone: subscriptionId(fn, String(SourceArn)) }]
    })
    const own = await claim(found, desired, async ({ permission }) => permission !== undefined)
    return await Promise.all(own.map((one) => this.#live(one, call)))
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

  async #live({ id, fn, qualifier, permission, live }: Claimed, call: Call): Promise<Live<Tree>> {
    const { SubscriptionArn, TopicArn, Endpoint } = live
    const { Attributes } = await this.#call('GetSubscriptionAttributes', { SubscriptionArn }, `topic ${TopicArn}`, call)
    const { FilterPolicy = '{}' } = Attributes as { FilterPolicy?: string }
    const value = { SubscriptionArn, TopicArn, Endpoint, FilterPolicy: JSON.parse(FilterPolicy) }
    const uses = [`function/${fn}`, holderId(fn, qualifier), ...(permission === undefined ? [] : [permission])]
    return { id, fn, uses, value }
  }

  async #call(action: Action<'sns'>, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'sns', action, input, about }, call)
  }

  async #all(input: object, call: Call): Promise<Tree[]> {
    const request = { service: 'sns', action: 'ListSubscriptionsByTopic', input, about: 'topics' } as const
    return await this.#site.api.list(request, { items: 'Subscriptions', next: 'NextToken', ask: 'NextToken' }, call)
  }
}

interface Claimed {
  readonly id: string
  readonly fn: string
  readonly qualifier: string | undefined
  /** The right of the topic to call just that. */
  readonly permission: string | undefined
  readonly live: Tree
}

function keyOf(fn: string, { SourceArn, Qualifier }: Tree): string {
  return `${partId(fn, qualifierOf({ Qualifier }))} ${SourceArn}`
}

/** The subscription of a function to a topic. */
export function subscriptionId(fn: string, topic: string): string {
  return `subscription/${fn}/${topic}`
}

function isEmpty(value: unknown): boolean {
  return Object.keys((value ?? {}) as Tree).length === 0
}
