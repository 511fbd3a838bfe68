import {
  type Call,
  type Driver,
  error,
  type FieldRules,
  isOurs,
  type Live,
  MARKS,
  marksOf,
  type Resource,
  type Service,
  SlsError,
  type Tree,
} from '@anyfaas/kit'
import type { AccessControl } from '../account/access-control.ts'
import { isPassing, isTaken, readFailure, unlessMissing } from '../account/failures.ts'
import { isMarked, withMark } from './mark.ts'
import type { NewRoles } from './new-roles.ts'

/** The type of the roles that triggers get from us. */
export const ROLE = 'aliyun:role'

/** The id of a role, by its name on the platform. */
export function roleId(name: unknown): string {
  return `role/${name}`
}

export interface RoleSite {
  readonly service: Pick<Service, 'name' | 'stage'>
  readonly access: AccessControl
  readonly made: NewRoles
}

/**
 * Roles by which other products call functions, each with a policy of its own by the same name. The role is made first and goes
 * last, so that whatever a killed deploy leaves is found by it.
 */
export class RoleDriver implements Driver<Tree, Tree> {
  readonly type = ROLE
  readonly rules: FieldRules = { RoleName: 'replace', Policies: 'unordered' }
  readonly #site: RoleSite

  constructor(site: RoleSite) {
    this.#site = site
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const wanted = new Set(desired.map(({ spec }) => spec['RoleName']))
    const roles = await this.#roles(call, desired)
    const found = roles.filter((role) => wanted.has(role['RoleName']) || this.#isOurs(role))
    return await Promise.all(found.map((role) => this.#read(role, call)))
  }

  async find({ id, spec }: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    const RoleName = String(spec['RoleName'])
    const told = await unlessMissing(this.#call('GetRole', { RoleName }, id, call))
    if (!told) return undefined
    // Unlike the list, the call for one tells no tags.
    const query = { ResourceType: 'role', ResourceNames: JSON.stringify([RoleName]) }
    const { TagResources } = await this.#call('ListTagResources', query, id, call)
    return await this.#read({ ...(told['Role'] as Tree), Tags: { Tag: TagResources ?? [] } }, call)
  }

  async create(resource: Resource<Tree>, call: Call): Promise<Tree> {
    const { id, spec, fn } = resource
    const { RoleName, AssumeRolePolicyDocument } = spec
    const query = {
      RoleName: String(RoleName),
      AssumeRolePolicyDocument: JSON.stringify(AssumeRolePolicyDocument),
      Description: withMark(`calls the function ${fn}`, this.#site.service),
      Tag: this.#marks(fn),
    }
    const made = await this.#call('CreateRole', query, id, call).catch((cause: unknown) => {
      throw isDenied(cause) ? denied([resource], cause) : cause
    })
    const { Arn } = made['Role'] as Tree
    this.#site.made.add(Arn)
    await this.#fill(spec, {}, id, call)
    return { ...spec, Arn }
  }

  async update({ id, spec, fn }: Resource<Tree>, live: Tree, call: Call): Promise<Tree> {
    const RoleName = String(spec['RoleName'])
    if (live['isOurs'] !== true) {
      const query = { ResourceType: 'role', ResourceNames: JSON.stringify([RoleName]), Tag: this.#marks(fn) }
      await this.#call('TagResources', query, id, call)
    }
    const trust = JSON.stringify(spec['AssumeRolePolicyDocument'])
    if (trust !== JSON.stringify(live['AssumeRolePolicyDocument']))
      await this.#call('UpdateRole', { RoleName, NewAssumeRolePolicyDocument: trust }, id, call)
    await this.#fill(spec, live, id, call)
    return { ...spec, Arn: live['Arn'] }
  }

  async delete({ id, value }: Live<Tree>, call: Call): Promise<void> {
    const RoleName = String(value['RoleName'])
    for (const policy of namesIn(value)) await this.#detach(RoleName, policy, id, call)
    if (value['PolicyDocument'] !== undefined)
      await unlessMissing(this.#call('DeletePolicy', { PolicyName: RoleName, CascadingDelete: 'true' }, id, call))
    await unlessMissing(this.#call('DeleteRole', { RoleName }, id, call))
  }

  project({ RoleName, AssumeRolePolicyDocument, PolicyDocument, Policies }: Tree): Tree {
    return { RoleName, AssumeRolePolicyDocument, PolicyDocument, Policies }
  }

  /** What was detached just now may be counted for a moment. */
  retryable(failure: unknown): boolean {
    return isPassing(failure) || readFailure(failure).code.startsWith('DeleteConflict.')
  }

  isTaken(failure: unknown): boolean {
    return isTaken(failure)
  }

  // Gives a role its policy, and takes away what somebody else gave it.
  async #fill(spec: Tree, live: Tree, id: string, call: Call): Promise<void> {
    const RoleName = String(spec['RoleName'])
    const PolicyDocument = JSON.stringify(spec['PolicyDocument'])
    if (live['stranger'] !== undefined) throw notOurs(RoleName)
    if (live['PolicyDocument'] === undefined) {
      const Description = withMark('of the role by the same name', this.#site.service)
      await this.#call('CreatePolicy', { PolicyName: RoleName, PolicyDocument, Description }, id, call)
    } else if (JSON.stringify(live['PolicyDocument']) !== PolicyDocument) {
      const version = { SetAsDefault: 'true', RotateStrategy: 'DeleteOldestNonDefaultVersionWhenLimitExceeded' }
      await this.#call('CreatePolicyVersion', { PolicyName: RoleName, PolicyDocument, ...version }, id, call)
    }
    const [wanted, had] = [namesIn(spec), namesIn(live)]
    for (const policy of wanted.filter((one) => !had.includes(one)))
      await this.#call('AttachPolicyToRole', { RoleName, ...policyIn(policy) }, id, call)
    for (const policy of had.filter((one) => !wanted.includes(one))) await this.#detach(RoleName, policy, id, call)
  }

  async #detach(RoleName: string, policy: string, id: string, call: Call): Promise<void> {
    await unlessMissing(this.#call('DetachPolicyFromRole', { RoleName, ...policyIn(policy) }, id, call))
  }

  async #roles(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Tree[]> {
    try {
      return await this.#site.access.roles(call)
    } catch (cause) {
      if (!isDenied(cause)) throw cause
      if (desired.length === 0) {
        call.note('whether roles are left that were made for triggers could not be asked: ram:ListRoles is denied')
        return []
      }
      throw denied(desired, cause)
    }
  }

  async #read({ RoleName: name, Arn, CreateDate, ...role }: Tree, call: Call): Promise<Live<Tree>> {
    const RoleName = String(name)
    const id = roleId(RoleName)
    this.#site.made.see(Arn, CreateDate)
    const [told, attached, policy] = await Promise.all([
      this.#call('GetRole', { RoleName }, id, call),
      this.#call('ListPoliciesForRole', { RoleName }, id, call),
      unlessMissing(this.#call('GetPolicy', { PolicyType: 'Custom', PolicyName: RoleName }, id, call)),
    ])
    const isOurs = this.#isOurs(role)
    const policies = ((attached['Policies'] as Tree | undefined)?.['Policy'] ?? []) as Tree[]
    const value = {
      RoleName,
      Arn,
      isOurs,
      AssumeRolePolicyDocument: parse((told['Role'] as Tree)['AssumeRolePolicyDocument']),
      Policies: policies.map(({ PolicyType, PolicyName }) => `${PolicyType}/${PolicyName}`),
      ...this.#policyOf(policy),
    }
    return { id, value, ...(isOurs && { fn: marksIn(role)[MARKS.fn] ?? '' }), ...(!isOurs && { isForeign: true }) }
  }

  // A policy by the name of our role that somebody else made is neither read nor changed.
  #policyOf(told: Tree | undefined): Tree {
    if (!told) return {}
    const { Policy, DefaultPolicyVersion } = told as Record<string, Tree>
    if (!isMarked(Policy?.['Description'], this.#site.service)) return { stranger: Policy?.['PolicyName'] }
    return { PolicyDocument: parse(DefaultPolicyVersion?.['PolicyDocument']) }
  }

  #isOurs(role: Tree): boolean {
    return isOurs(marksIn(role), this.#site.service)
  }

  #marks(fn: string | undefined): string {
    return JSON.stringify(Object.entries(marksOf(this.#site.service, fn)).map(([Key, Value]) => ({ Key, Value })))
  }

  async #call(action: string, query: Readonly<Record<string, string>>, about: string, call: Call): Promise<Tree> {
    return await this.#site.access.call({ action, query, about }, call)
  }
}

function marksIn({ Tags }: Tree): Record<string, string> {
  const tags = ((Tags as Tree | undefined)?.['Tag'] ?? []) as Tree[]
  return Object.fromEntries(tags.map(({ TagKey, TagValue }) => [String(TagKey), String(TagValue)]))
}

function namesIn({ Policies }: Tree): readonly string[] {
  return (Policies ?? []) as readonly string[]
}

// `Custom/NAME`
function policyIn(policy: string): { PolicyType: string; PolicyName: string } {
  const [PolicyType = '', PolicyName = ''] = policy.split('/')
  return { PolicyType, PolicyName }
}

function parse(document: unknown): unknown {
  return JSON.parse(String(document))
}

function isDenied(cause: unknown): boolean {
  return readFailure(cause).code === 'NoPermission'
}

// Somebody else may have the rights: for them it says what the role has to be.
function denied(roles: readonly Resource<Tree>[], cause: unknown): SlsError {
  const diagnostics = roles.map(({ id, spec, at }) =>
    error('SLS5007', `these credentials may not make the ${id} that a trigger needs`, {
      ...(at !== undefined && { pointer: at, on: 'key' as const }),
      notes: [
        { message: `who takes the role: ${JSON.stringify(spec['AssumeRolePolicyDocument'])}` },
        { message: `what it may do: ${JSON.stringify(spec['PolicyDocument'])}` },
      ],
      help: [
        'sls doctor lists the rights that it takes',
        'or name a role that somebody made for you on the event: role: acs:ram::ACCOUNT:role/NAME',
      ],
    }),
  )
  return new SlsError(diagnostics, { cause })
}

function notOurs(name: string): SlsError {
  return new SlsError(
    error('SLS5003', `the policy ${name} is there already and was not made by sls for this service and stage`, {
      help: ['name a role of your own on the event: role: acs:ram::ACCOUNT:role/NAME', 'or delete that policy'],
    }),
  )
}
