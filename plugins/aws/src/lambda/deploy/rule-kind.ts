import { type Call, error, type Live, type Resource, type Service, SlsError, type Tree } from '@anyfaas/kit'
import { type Kind, unlessMissing } from './kind.ts'
import { type PermissionKind, permissionOf } from './permission-kind.ts'
import { splitArn } from './qualifiers.ts'
import type { Site } from './site.ts'

const TARGET = 'function'

/** Rules of event buses. Lists tell no tags, so the description says whose a rule is and which. */
export class RuleKind implements Kind {
  readonly type = 'aws:rule'
  readonly fields = ['Name', 'EventBusName', 'Description', 'EventPattern', 'State', 'Target']
  readonly rules = { Name: 'replace', EventBusName: 'replace', Permission: 'ignore' } as const
  readonly #site: Site
  readonly #permissions: PermissionKind

  constructor(site: Site, permissions: PermissionKind) {
    this.#site = site
    this.#permissions = permissions
  }

  // There is none that the file no longer names unless one is allowed to call a function.
  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    if (desired.length === 0 && (await this.#permissions.grantedTo(EVENTS, call)).length === 0) return []
    const { name, stage } = this.#site.service
    const wanted = new Map(desired.map(({ id, spec }) => [`${spec['EventBusName']}/${spec['Name']}`, id]))
    const buses = await this.#all('ListEventBuses', {}, 'EventBuses', call)
    const lists = buses.map(({ Name: EventBusName }) =>
      this.#all('ListRules', { EventBusName, NamePrefix: `${name}-${stage}-`.slice(0, 40) }, 'Rules', call),
    )
    const rules = (await Promise.all(lists)).flat()
    return (await Promise.all(rules.map((rule) => this.#live(rule, wanted, call)))).flat()
  }

  async create(spec: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const { EventPattern, Target, Permission: _, ...rule } = spec
    const { Name, EventBusName } = rule
    const { RuleArn } = await this.#call('PutRule', { ...rule, EventPattern: JSON.stringify(EventPattern) }, id, call)
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

  async #call(action: string, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'events', action, input, about }, call)
  }

  async #all(action: string, input: object, items: string, call: Call): Promise<Tree[]> {
    const request = { service: 'events', action, input, about: 'rules' } as const
    return await this.#site.api.list(request, { items, next: 'NextToken', ask: 'NextToken' }, call)
  }
}

/** Who calls functions for rules. */
export const EVENTS = 'events.amazonaws.com'

/** What the description of a rule of ours begins with; its id follows. */
export function ruleMark({ name, stage }: Pick<Service, 'name' | 'stage'>): string {
  return `anyfaas ${name}/${stage}`
}
