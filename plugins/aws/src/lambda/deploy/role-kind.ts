import type { Call, Live, Resource, Tree } from '@anyfaas/kit'
import { isDenied } from '../../account/failures.ts'
import type { Action } from '../../account/sdk.ts'
import { type Kind, unlessMissing } from './kind.ts'
import type { NewRoles } from './new-roles.ts'
import type { Reach } from './site.ts'

/** Roles. Those of a service and stage stand under a path of their own, which is how they are found and known. */
export class RoleKind implements Kind {
  readonly type = 'aws:role'
  readonly fields = ['RoleName', 'AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Policies']
  readonly rules = { RoleName: 'replace', ManagedPolicyArns: 'unordered', Policies: 'unordered' } as const
  readonly #site: Reach
  readonly #path: string
  readonly #made: NewRoles
  #begun: Promise<readonly Live<Tree>[]> | undefined

  constructor(site: Reach, made: NewRoles) {
    this.#site = site
    this.#made = made
    this.#path = pathOf(site.service)
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const wanted = new Map(desired.map(({ id, spec }) => [spec['RoleName'], id]))
    const begun = this.#begun
    this.#begun = undefined
    const found = await (begun ?? this.#found(call))
    return found.map((live) => ({ ...live, id: wanted.get(live.value['RoleName']) ?? live.id }))
  }

  /** Reads what the next list tells. */
  async begin(call: Call): Promise<void> {
    this.#begun = this.#found(call)
    await this.#begun
  }

  async #found(call: Call): Promise<readonly Live<Tree>[]> {
    const input = { PathPrefix: this.#path }
    const roles = await this.#all('ListRoles', input, 'Roles', call)
    const details = roles.length > FEW ? await this.#details(call) : new Map<unknown, Tree>()
    const found = roles.map(async (role): Promise<Live<Tree>> => {
      const detail = details.get(role['RoleName'])
      return detail ? this.#told(detail) : await this.#live(role, call)
    })
    return await Promise.all(found)
  }

  async find({ spec, id }: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    const found = await unlessMissing(this.#call('GetRole', { RoleName: spec['RoleName'] }, id, call))
    const role = found?.['Role'] as Tree | undefined
    if (!role) return undefined
    return { ...(await this.#live(role, call)), id, ...(role['Path'] !== this.#path && { isForeign: true }) }
  }

  async create(spec: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const { RoleName, AssumeRolePolicyDocument } = spec
    const input = { RoleName, Path: this.#path, AssumeRolePolicyDocument: JSON.stringify(AssumeRolePolicyDocument) }
    const { Role } = await this.#call('CreateRole', input, id, call)
    const { Arn } = Role as Tree
    this.#made.add(Arn)
    await this.#fill(spec, {}, call, id)
    return { Arn }
  }

  async update(spec: Tree, live: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const { RoleName, AssumeRolePolicyDocument } = spec
    const wanted = JSON.stringify(AssumeRolePolicyDocument)
    if (wanted !== JSON.stringify(live['AssumeRolePolicyDocument']))
      await this.#call('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: wanted }, id, call)
    await this.#fill(spec, live, call, id)
    return { Arn: live['Arn'] }
  }

  async remove(live: Tree, call: Call, id: string): Promise<void> {
    const { RoleName } = live
    await this.#fill({ RoleName }, live, call, id)
    await this.#call('DeleteRole', { RoleName }, id, call)
  }

  // Gives a role what it shall be allowed, and takes away what it is allowed beside that.
  async #fill(spec: Tree, live: Tree, call: Call, id: string): Promise<void> {
    const { RoleName } = spec
    const [wanted, had] = [arnsOf(spec), arnsOf(live)]
    const [policies, old] = [policiesOf(spec), policiesOf(live)]
    for (const PolicyArn of wanted.filter((arn) => !had.includes(arn)))
      await this.#call('AttachRolePolicy', { RoleName, PolicyArn }, id, call)
    for (const [PolicyName, document] of policies)
      if (old.get(PolicyName) !== document)
        await this.#call('PutRolePolicy', { RoleName, PolicyName, PolicyDocument: document }, id, call)
    for (const PolicyArn of had.filter((arn) => !wanted.includes(arn)))
      await unlessMissing(this.#call('DetachRolePolicy', { RoleName, PolicyArn }, id, call))
    for (const PolicyName of [...old.keys()].filter((name) => !policies.has(name)))
      await unlessMissing(this.#call('DeleteRolePolicy', { RoleName, PolicyName }, id, call))
  }

  // What all roles of the account may do, in pages. Not everybody may read that.
  async #details(call: Call): Promise<ReadonlyMap<unknown, Tree>> {
    try {
      const all = await this.#all('GetAccountAuthorizationDetails', { Filter: ['Role'] }, 'RoleDetailList', call)
      return new Map(all.map((detail) => [detail['RoleName'], detail]))
    } catch (cause) {
      if (!isDenied(cause)) throw cause
      return new Map()
    }
  }

  #told({ RolePolicyList, AttachedManagedPolicies, ...role }: Tree): Live<Tree> {
    const Policies = ((RolePolicyList ?? []) as readonly Tree[]).map(({ PolicyName, PolicyDocument }) => ({
      PolicyName,
      PolicyDocument: readDocument(PolicyDocument),
    }))
    return this.#read(role, (AttachedManagedPolicies ?? []) as readonly Tree[], Policies)
  }

  async #live(role: Tree, call: Call): Promise<Live<Tree>> {
    const { RoleName } = role
    const [attached, names] = await Promise.all([
      this.#all('ListAttachedRolePolicies', { RoleName }, 'AttachedPolicies', call),
      this.#all('ListRolePolicies', { RoleName }, 'PolicyNames', call),
    ])
    const Policies = names.map(async (name) => {
      const input = { RoleName, PolicyName: name }
      const { PolicyDocument } = await this.#call('GetRolePolicy', input, `role ${RoleName}`, call)
      return { PolicyName: name, PolicyDocument: readDocument(PolicyDocument) }
    })
    return this.#read(role, attached, await Promise.all(Policies))
  }

  #read(role: Tree, attached: readonly Tree[], Policies: readonly Tree[]): Live<Tree> {
    const { RoleName, Arn, AssumeRolePolicyDocument } = role
    const value = {
      RoleName,
      Arn,
      AssumeRolePolicyDocument: readDocument(AssumeRolePolicyDocument),
      ManagedPolicyArns: attached.map(({ PolicyArn }) => PolicyArn),
      Policies,
    }
    return { id: `role/${this.#nameIn(String(RoleName))}`, value }
  }

  // The role's own part of its name. Of a name that was cut the whole is as good for one that is no longer in the file.
  #nameIn(roleName: string): string {
    const { name, stage } = this.#site.service
    const prefix = `${name}-${stage}-`
    return roleName.startsWith(prefix) ? roleName.slice(prefix.length) : roleName
  }

  async #call(action: Action<'iam'>, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'iam', action, input, about }, call)
  }

  async #all(action: Action<'iam'>, input: object, items: string, call: Call): Promise<Tree[]> {
    const request = { service: 'iam', action, input, about: 'roles' } as const
    return await this.#site.api.list(request, { items, next: 'Marker', ask: 'Marker' }, call)
  }
}

// Up to here asking for each is quicker: it takes three calls a role.
const FEW = 10

function pathOf({ name, stage }: { readonly name: string; readonly stage: string }): string {
  return `/anyfaas/${name}/${stage}/`
}

function arnsOf(role: Tree): readonly string[] {
  return (role['ManagedPolicyArns'] ?? []) as readonly string[]
}

function policiesOf(role: Tree): ReadonlyMap<string, string> {
  const policies = (role['Policies'] ?? []) as readonly { PolicyName: string; PolicyDocument: unknown }[]
  return new Map(policies.map(({ PolicyName, PolicyDocument }) => [PolicyName, JSON.stringify(PolicyDocument)]))
}

function readDocument(text: unknown): unknown {
  return JSON.parse(decodeURIComponent(String(text)))
}
