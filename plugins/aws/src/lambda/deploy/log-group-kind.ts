import { isDeepStrictEqual } from 'node:util'
import { type Call, deployedPrefixes, isOurs, type Live, type Resource, type Tree } from '@anyfaas/kit'
import type { Action } from '../../account/sdk.ts'
import { facts } from '../facts.ts'
import { type Kind, unlessMissing } from './kind.ts'
import type { Marked } from './marked.ts'
import type { Site } from './site.ts'

/** Log groups that the service describes, so that lines do not stay for ever. One is known by its name, and ours by its tags. */
export class LogGroupKind implements Kind {
  readonly type = 'aws:log-group'
  readonly fields = ['LogGroupName', 'RetentionInDays', 'KmsKeyId', 'Tags']
  readonly rules = { LogGroupName: 'replace' } as const
  readonly #site: Site
  readonly #all: Marked

  constructor(site: Site, marked: Marked) {
    this.#site = site
    this.#all = marked
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const wanted = new Map(desired.map(({ spec }) => [String(spec['LogGroupName']), spec['Tags']]))
    const [marked, described] = await Promise.all([this.#marked(call), this.#described(call)])
    // Of the groups of functions those that Lambda made by itself keep their lines for ever.
    const likely = [...described]
      .filter(([, { retentionInDays }]) => retentionInDays !== undefined)
      .map(([name]) => name)
    const names = new Set([...wanted.keys(), ...marked.keys(), ...likely])
    const found = [...names].map(async (name) => {
      const [tags, group] = [marked.get(name), described.get(name)]
      // Two lists tell all of it; that of tags lags behind, so it is believed when it tells what is wanted.
      if (tags && group && isDeepStrictEqual(tags, wanted.get(name) ?? tags)) return this.#live(group, tags, true)
      return await this.#look(name, wanted.has(name), call)
    })
    return (await Promise.all(found)).flat()
  }

  async find({ spec }: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    return (await this.#look(String(spec['LogGroupName']), true, call))[0]
  }

  async create(spec: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const { LogGroupName: logGroupName, KmsKeyId: kmsKeyId, Tags: tags } = spec
    await this.#call('CreateLogGroup', { logGroupName, tags, ...(kmsKeyId !== '' && { kmsKeyId }) }, id, call)
    await this.#retain(spec, call, id)
    return {}
  }

  async update(spec: Tree, live: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const { LogGroupName: logGroupName, KmsKeyId: kmsKeyId, Tags } = spec
    const resourceArn = live['Arn']
    const gone = Object.keys(live['Tags'] as Tree).filter((key) => !(key in (Tags as Tree)))
    if (gone.length > 0) await this.#call('UntagResource', { resourceArn, tagKeys: gone }, id, call)
    await this.#call('TagResource', { resourceArn, tags: Tags }, id, call)
    if (kmsKeyId !== live['KmsKeyId'])
      await (kmsKeyId === ''
        ? this.#call('DisassociateKmsKey', { logGroupName }, id, call)
        : this.#call('AssociateKmsKey', { logGroupName, kmsKeyId }, id, call))
    await this.#retain(spec, call, id)
    return {}
  }

  remove({ LogGroupName: logGroupName }: Tree, call: Call, id: string): Promise<Tree> {
    return this.#call('DeleteLogGroup', { logGroupName }, id, call)
  }

  // 0 stands for ever, which has no number of its own.
  async #retain({ LogGroupName: logGroupName, RetentionInDays: days }: Tree, call: Call, id: string): Promise<void> {
    if (days === 0) await this.#call('DeleteRetentionPolicy', { logGroupName }, id, call)
    else await this.#call('PutRetentionPolicy', { logGroupName, retentionInDays: days }, id, call)
  }

  async #look(name: string, isWanted: boolean, call: Call): Promise<Live<Tree>[]> {
    const { logGroups } = await this.#call('DescribeLogGroups', { logGroupNamePrefix: name }, `logs ${name}`, call)
    const group = ((logGroups ?? []) as Tree[]).find(({ logGroupName }) => logGroupName === name)
    if (!group) return []
    const told = await unlessMissing(
      this.#call('ListTagsForResource', { resourceArn: arnOf(group) }, `logs ${name}`, call),
    )
    return this.#live(group, (told?.['tags'] ?? {}) as Record<string, string>, isWanted)
  }

  #live(group: Tree, Tags: Readonly<Record<string, string>>, isWanted: boolean): Live<Tree>[] {
    const { logGroupName: LogGroupName, retentionInDays: RetentionInDays = 0, kmsKeyId: KmsKeyId = '' } = group
    const isForeign = !isOurs(Tags, this.#site.service)
    if (isForeign && !isWanted) return []
    const value = { LogGroupName, RetentionInDays, KmsKeyId, Tags, Arn: arnOf(group) }
    return [{ id: logGroupId(String(LogGroupName)), value, ...(isForeign && { isForeign: true as const }) }]
  }

  async #described(call: Call): Promise<ReadonlyMap<string, Tree>> {
    const { name, stage } = this.#site.service
    const lists = deployedPrefixes([name, stage], facts.functionName).map((prefix) => {
      const input = { logGroupNamePrefix: `/aws/lambda/${prefix}` }
      const request = { service: 'logs', action: 'DescribeLogGroups', input, about: 'log groups' } as const
      return this.#site.api.list(request, { items: 'logGroups', next: 'nextToken', ask: 'nextToken' }, call)
    })
    const found = (await Promise.all(lists)).flat()
    return new Map(found.map((group) => [String(group['logGroupName']), group]))
  }

  async #marked(call: Call): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
    const found = [...(await this.#all.of('logs:log-group', call))]
    return new Map(found.map(([arn, tags]) => [arn.split(':')[6] ?? '', tags]))
  }

  async #call(action: Action<'logs'>, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'logs', action, input, about }, call)
  }
}

function arnOf({ arn }: Tree): string {
  return String(arn).replace(/:\*$/, '')
}

export function logGroupId(name: string): string {
  return `log-group/${name}`
}
