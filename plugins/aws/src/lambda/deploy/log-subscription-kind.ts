import type { Call, Live, Resource, Service, Tree } from '@anyfaas/kit'
import type { Action } from '../../account/sdk.ts'
import { type Kind, readLeft, unlessMissing } from './kind.ts'
import { type PermissionKind, permissionOf } from './permission-kind.ts'
import { splitArn } from './qualifiers.ts'
import type { Site } from './site.ts'
import { logGroupIn } from './source-rights.ts'

/** Log groups whose lines go to functions. The name of a filter says whose it is and which. */
export class LogSubscriptionKind implements Kind {
  readonly type = 'aws:log-subscription'
  readonly fields = ['LogGroupName', 'FilterPattern', 'DestinationArn']
  readonly rules = { LogGroupName: 'replace', Permission: 'ignore' } as const
  readonly #site: Site
  readonly #permissions: PermissionKind

  constructor(site: Site, permissions: PermissionKind) {
    this.#site = site
    this.#permissions = permissions
  }

  // A group that the file no longer names stands in the permission that it had.
  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const wanted = desired.map(({ spec }) => String(spec['LogGroupName']))
    const permissions = await this.#permissions.grantedTo(LOGS, call)
    const had = permissions.map(({ value }) => logGroupIn(String(value['SourceArn'])))
    const lists = [...new Set([...wanted, ...had])].map(async (logGroupName) => {
      const input = { logGroupName, filterNamePrefix: filterName(this.#site.service, '') }
      const request = { service: 'logs', action: 'DescribeSubscriptionFilters', input, about: logGroupName } as const
      const paging = { items: 'subscriptionFilters', next: 'nextToken', ask: 'nextToken' }
      const reading = this.#site.api.list(request, paging, call)
      const told = wanted.includes(logGroupName)
        ? unlessMissing(reading)
        : readLeft(reading, `the log group ${logGroupName}`, call)
      return ((await told) ?? []).map((one) => this.#live(one))
    })
    return (await Promise.all(lists)).flat()
  }

  async create(spec: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const { LogGroupName: logGroupName, FilterPattern: filterPattern, DestinationArn: destinationArn } = spec
    const name = filterName(this.#site.service, id.slice('trigger/'.length))
    await this.#call(
      'PutSubscriptionFilter',
      { logGroupName, filterName: name, filterPattern, destinationArn },
      id,
      call,
    )
    return { filterName: name }
  }

  async update(spec: Tree, _live: Tree, call: Call, resource: Resource<Tree>): Promise<Tree> {
    return await this.create(spec, call, resource)
  }

  remove({ LogGroupName: logGroupName, filterName: name }: Tree, call: Call, id: string): Promise<Tree> {
    return this.#call('DeleteSubscriptionFilter', { logGroupName, filterName: name }, id, call)
  }

  #live({ logGroupName, filterName: name, filterPattern = '', destinationArn }: Tree): Live<Tree> {
    const path = String(name).slice(filterName(this.#site.service, '').length)
    const id = `trigger/${path}`
    const fn = path.split('/')[0] ?? ''
    return {
      id,
      fn,
      uses: [`function/${fn}`, permissionOf(id, splitArn(destinationArn)[1]).id],
      value: {
        LogGroupName: logGroupName,
        FilterPattern: filterPattern,
        DestinationArn: destinationArn,
        filterName: name,
      },
    }
  }

  async #call(action: Action<'logs'>, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'logs', action, input, about }, call)
  }
}

/** Who calls functions with lines of logs. */
export const LOGS = 'logs.amazonaws.com'

function filterName({ name, stage }: Pick<Service, 'name' | 'stage'>, path: string): string {
  return `anyfaas/${name}/${stage}/${path}`
}
