import {
  type Call,
  deployedPrefixes,
  error,
  type Live,
  marksOf,
  type Resource,
  type Service,
  SlsError,
  type Tree,
} from '@anyfaas/kit'
import type { Action } from '../../account/sdk.ts'
import { type Kind, unlessMissing } from './kind.ts'
import type { Marked } from './marked.ts'
import { type PermissionKind, permissionOf } from './permission-kind.ts'
import { splitArn } from './qualifiers.ts'
import type { Site } from './site.ts'
import { tagList } from './tags.ts'

const TARGET = 'function'

/** Rules of event buses. The description says whose a rule is and which, for lists of rules tell no tags. */
export class RuleKind implements Kind {
  readonly type = 'aws:rule'
  readonly fields = ['Name', 'EventBusName', 'Description', 'EventPattern', 'State', 'Target']
  readonly rules = { Name: 'replace', EventBusName: 'replace', Permission: 'ignore' } as const
  readonly #site: Site
  readonly #permissions: PermissionKind
  readonly #marked: Marked

  constructor(site: Site, permissions: PermissionKind, marked: Marked) {
    this.#site = site
    this.#permissions = permissions
    this.#marked = marked
  }

  // Buses are asked only where something says that there is a rule: the list of all tags, or, as that lags behind, a permission.
  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const isLikely =
      desired.length > 0 ||
      (await this.#marked.of('events:rule', call)).size > 0 ||
      (await this.#permissions.grantedTo(EVENTS, call)).length > 0
    if (!isLikely) return []
    const wanted = new Map(desired.map(({ id, spec }) => [`${spec['EventBusName']}/${spec['Name']}`, id]))
    const buses = await this.#all('ListEventBuses', {}, 'EventBuses', call)
    const lists = buses.flatMap(({ Name: EventBusName }) =>
      rulePrefixes(this.#site.service).map((prefix) =>
        this.#all('ListRules', { EventBusName, ...(prefix !== '' && { NamePrefix: prefix }) }, 'Rules', call),
      ),
    )
    const rules = (await Promise.all(lists)).flat()
    return (await Promise.all(rules.map((rule) => this.#live(rule, wanted, call)))).flat()
  }

  async create(spec: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const { EventPattern, Target, Permission: _, ...rule } = spec
    const { Name, EventBusName } = rule
    const Tags = tagList(marksOf(this.#site.service))
    const put = { ...rule, EventPattern: JSON.stringify(EventPattern), Tags }
    const { RuleArn } = await this.#call('PutRule', put, id, call)
    const input = { Rule: Name, EventBusName, Targets: [{ Id: TARGET, ...(Target as Tree) }] }
    const { FailedEntryCount, FailedEntries } = await this.#call('PutTargets', input, id, call)
    if (FailedEntryCount) throw new SlsError(error('SLS5007', `${id}: ${JSON.stringify(FailedEntries)}`))
    return { RuleArn }
  }

  async update(spec: Tree, _live: Tree, call: Call, resource: Resource<Tree>): Promise<Tree> {
    return await this.create(spec, call, resource)
  }

  async remove({ Name, EventBusName }: Tree, call: Call, id: string): Promise<void> {
    await unlessMissing(this.#call('RemoveTargets', { Rule: Name, EventBusName, Ids: [TARGET] }, id, call))
    await this.#call('DeleteRule', { Name, EventBusName }, id, call)
  }

  async #live(rule: Tree, wanted: ReadonlyMap<string, string>, call: Call): Promise<Live<Tree>[]> {
    const { Name, EventBusName = 'default', Description, EventPattern, State } = rule
    const own = `${ruleMark(this.#site.service)} `
    const isOwn = String(Description).startsWith(own)
    const id = isOwn ? String(Description).slice(own.length) : wanted.get(`${EventBusName}/${Name}`)
    if (id === undefined) return []
    const targets = await this.#all('ListTargetsByRule', { Rule: Name, EventBusName }, 'Targets', call)
    const { Id: _, ...Target } = targets.find(({ Id }) => Id === TARGET) ?? {}
    const fn = id.split('/')[1] ?? ''
    const value = {
      Name,
      EventBusName,
      Description,
      EventPattern: JSON.parse(String(EventPattern ?? '{}')),
      State,
      Target,
    }
    return [
      {
        id,
        uses: [`function/${fn}`, permissionOf(id, splitArn(Target['Arn'])[1]).id],
        value,
        fn,
        ...(!isOwn && { isForeign: true as const }),
      },
    ]
  }

  async #call(action: Action<'events'>, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'events', action, input, about }, call)
  }

  async #all(action: Action<'events'>, input: object, items: string, call: Call): Promise<Tree[]> {
    const request = { service: 'events', action, input, about: 'rules' } as const
    return await this.#site.api.list(request, { items, next: 'NextToken', ask: 'NextToken' }, call)
  }
}

export const RULE_NAME = { pattern: /^[\w.-]+$/, maxLength: 64, words: '' }

/** How the names of the rules of a service begin. */
export function rulePrefixes({ name, stage }: Pick<Service, 'name' | 'stage'>): readonly string[] {
  return deployedPrefixes([name, stage], RULE_NAME)
}

/** Who calls functions for rules. */
export const EVENTS = 'events.amazonaws.com'

/** What the description of a rule of ours begins with; its id follows. */
export function ruleMark({ name, stage }: Pick<Service, 'name' | 'stage'>): string {
  return `anyfaas ${name}/${stage}`
}
