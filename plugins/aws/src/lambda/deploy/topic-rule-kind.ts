import {
  type Call,
  deployedName,
  deployedPrefixes,
  type Live,
  marksOf,
  type Resource,
  type Service,
  type Tree,
} from '@anyfaas/kit'
import { readFailure } from '../../account/failures.ts'
import type { Action } from '../../account/sdk.ts'
import { type Kind, unlessMissing } from './kind.ts'
import type { Marked } from './marked.ts'
import { type PermissionKind, permissionOf } from './permission-kind.ts'
import { splitArn } from './qualifiers.ts'
import type { Site } from './site.ts'

/** Rules of the broker for things. Their list tells names only; the description of one says whose it is and which. */
export class TopicRuleKind implements Kind {
  readonly type = 'aws:topic-rule'
  readonly fields = ['Name', 'Description', 'Sql', 'AwsIotSqlVersion', 'FunctionArn', 'Disabled']
  readonly rules = { Name: 'replace', Permission: 'ignore' } as const
  readonly #site: Site
  readonly #permissions: PermissionKind
  readonly #marked: Marked

  constructor(site: Site, permissions: PermissionKind, marked: Marked) {
    this.#site = site
    this.#permissions = permissions
    this.#marked = marked
  }

  // The broker is asked only where something says that there is a rule: the list of all tags, or, as that lags behind, a permission.
  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const isLikely =
      desired.length > 0 ||
      (await this.#marked.of('iot:rule', call)).size > 0 ||
      (await this.#permissions.grantedTo(THINGS, call)).length > 0
    if (!isLikely) return []
    const wanted = new Map(desired.map(({ id, spec }) => [String(spec['Name']), id]))
    const request = { service: 'iot', action: 'ListTopicRules', input: {}, about: 'topic rules' } as const
    const rules = await this.#site.api.list(request, { items: 'rules', next: 'nextToken', ask: 'nextToken' }, call)
    const prefixes = topicRulePrefixes(this.#site.service)
    const names = rules.map(({ ruleName }) => String(ruleName))
    const asked = names.filter((name) => wanted.has(name) || prefixes.some((prefix) => name.startsWith(prefix)))
    return (await Promise.all(asked.map((name) => this.#live(name, wanted.get(name), call)))).flat()
  }

  async find({ id, spec }: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    return (await this.#live(String(spec['Name']), id, call))[0]
  }

  async create(spec: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const tags = new URLSearchParams(marksOf(this.#site.service)).toString()
    await this.#call('CreateTopicRule', { ruleName: spec['Name'], topicRulePayload: payloadOf(spec), tags }, id, call)
    return {}
  }

  async update(spec: Tree, _live: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    await this.#call('ReplaceTopicRule', { ruleName: spec['Name'], topicRulePayload: payloadOf(spec) }, id, call)
    return {}
  }

  remove({ Name: ruleName }: Tree, call: Call, id: string): Promise<Tree> {
    return this.#call('DeleteTopicRule', { ruleName }, id, call)
  }

  async #live(Name: string, wanted: string | undefined, call: Call): Promise<Live<Tree>[]> {
    const told = await unlessMissing(unlessRefused(this.#call('GetTopicRule', { ruleName: Name }, Name, call)))
    const rule = told?.['rule'] as Tree | undefined
    if (!rule) return []
    const { sql, awsIotSqlVersion, actions, ruleDisabled = false, description = '' } = rule
    const own = `${topicRuleMark(this.#site.service)} `
    const isOwn = String(description).startsWith(own)
    const id = isOwn ? String(description).slice(own.length) : wanted
    if (id === undefined) return []
    const fn = id.split('/')[1] ?? ''
    const [action] = (actions ?? []) as { lambda?: { functionArn?: string } }[]
    const value = {
      Name,
      Description: description,
      Sql: sql,
      AwsIotSqlVersion: awsIotSqlVersion,
      FunctionArn: action?.lambda?.functionArn,
      Disabled: ruleDisabled,
    }
    const uses = [`function/${fn}`, permissionOf(id, splitArn(value.FunctionArn)[1]).id]
    return [{ id, fn, uses, value, ...(!isOwn && { isForeign: true as const }) }]
  }

  async #call(action: Action<'iot'>, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'iot', action, input, about }, call)
  }
}

/** Who calls functions for rules of the broker. */
export const THINGS = 'iot.amazonaws.com'

/** The name of a rule: letters, digits and underscores only. */
export function topicRuleName({ name, stage }: Pick<Service, 'name' | 'stage'>, path: string): string {
  const parts = [name, stage, ...path.split('/')]
  return deployedName(parts, ruleOf(parts.length)).replaceAll('-', '_')
}

/** How the names of the rules of a service begin. */
export function topicRulePrefixes({ name, stage }: Pick<Service, 'name' | 'stage'>): readonly string[] {
  return deployedPrefixes([name, stage], ruleOf(3)).map((prefix) => prefix.replaceAll('-', '_'))
}

// A hyphen of a part's own would become what stands between the parts.
function ruleOf(parts: number): { readonly pattern: RegExp; readonly maxLength: number; readonly words: string } {
  return { pattern: new RegExp(`^\\w+(-\\w+){${parts - 1}}$`), maxLength: 128, words: '' }
}

/** What the description of a rule of ours begins with; its id follows. */
export function topicRuleMark({ name, stage }: Pick<Service, 'name' | 'stage'>): string {
  return `anyfaas ${name}/${stage}`
}

function payloadOf({ Sql, AwsIotSqlVersion, Description, FunctionArn, Disabled }: Tree): Tree {
  return {
    sql: Sql,
    awsIotSqlVersion: AwsIotSqlVersion,
    description: Description,
    ruleDisabled: Disabled,
    actions: [{ lambda: { functionArn: FunctionArn } }],
  }
}

// A rule that is not there is said to be forbidden: https://docs.aws.amazon.com/iot/latest/apireference/API_GetTopicRule.html
async function unlessRefused(work: Promise<Tree>): Promise<Tree | undefined> {
  try {
    return await work
  } catch (cause) {
    if (readFailure(cause).code !== 'UnauthorizedException') throw cause
    return undefined
  }
}
