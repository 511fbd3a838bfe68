import type { WireReply, WireRequest } from '../emulator.ts'
import { checkSignature, statusOf } from '../fc3/signature.ts'
import { Refusal } from '../refusal.ts'
import { checkQuery } from './contract.ts'
import { allows, checkPermissions, checkTrust, takes } from './policies.ts'

type Tree = Record<string, unknown>

const ACCOUNT = '1234567890123456'

interface Role {
  readonly RoleName: string
  readonly Arn: string
  readonly CreateDate: string
  readonly madeMs: number
  AssumeRolePolicyDocument: string
  Description: string
  tags: { Key: string; Value: string }[]
  /** `Custom/NAME` or `System/NAME`. */
  readonly attached: Set<string>
}

interface Policy {
  readonly PolicyName: string
  readonly Description: string
  /** The last one is in force. */
  readonly documents: string[]
}

/** Roles and policies (RAM 2015-05-01) as the documents and the vendor's models describe them. */
export class Roles {
  readonly roles = new Map<string, Role>()
  readonly policies = new Map<string, Policy>()
  /** How long a new role is not known to other services. */
  spreadMs = 0
  /** Whether the deployer may look at roles. */
  isDenied = false
  readonly #keys: ReadonlyMap<string, string>

  constructor(keys: ReadonlyMap<string, string>) {
    this.#keys = keys
  }

  answer(request: WireRequest): WireReply {
    const problem = checkSignature(request, this.#keys)
    if (problem) return failure(statusOf(problem), problem, 'the signature does not match')
    if (this.isDenied) return failure(403, 'NoPermission', 'You are not authorized to do this action.')
    const { action } = request
    const params = Object.fromEntries(request.query)
    const lacking = (REQUIRED[action] ?? []).filter((name) => !params[name])
    const problems = [
      ...checkQuery('@alicloud/ram20150501', action, Object.keys(params)),
      ...lacking.map((name) => `${name} is required`),
    ]
    if (problems.length > 0) return failure(400, 'InvalidParameter', problems.join('; '))
    try {
      return { status: 200, body: { RequestId: 'r', ...this.#do(action, params) } }
    } catch (error) {
      if (error instanceof Refusal) return failure(error.status, error.code, error.message)
      throw error
    }
  }

  /** What there is, without times. */
  state(): Tree {
    const roles = [...this.roles.values()].map(({ CreateDate: _, madeMs: __, attached, ...role }) => ({
      ...role,
      attached: [...attached].sort(),
    }))
    const policies = [...this.policies.values()].map(({ documents, ...policy }) => ({
      ...policy,
      document: documents.at(-1),
    }))
    return { roles: byName(roles, 'RoleName'), policies: byName(policies, 'PolicyName') }
  }

  /** Throws as Function Compute does when a product cannot call a function in the name of a trigger's role. */
  check({ triggerType, invocationRole }: Tree, functionArn: string): void {
    const principal = PRINCIPALS[String(triggerType)]
    if (!principal) return
    if (!invocationRole) throw new Refusal(400, 'InvalidArgument', `${triggerType} triggers need invocationRole`)
    const [, account, name = ''] = /^acs:ram::(\d+):role\/(.+)$/.exec(String(invocationRole)) ?? []
    if (account === undefined) throw new Refusal(400, 'InvalidArgument', `${invocationRole} is no role`)
    // The roles of other accounts, which tests name as their own, are believed.
    if (account !== ACCOUNT) return
    const role = this.roles.get(name)
    if (!role || performance.now() - role.madeMs < this.spreadMs) throw denied(`the role ${name} does not exist`)
    if (!takes(role.AssumeRolePolicyDocument, principal)) throw denied(`${principal} may not take the role ${name}`)
    const documents = [...role.attached].map((one) => this.policies.get(one.replace(/^Custom\//, ''))?.documents.at(-1))
    if (!documents.some((one) => one !== undefined && allows(one, 'fc:InvokeFunction', functionArn)))
      throw denied(`the role ${name} may not call ${functionArn}`)
  }

  #do(action: string, params: Readonly<Record<string, string>>): Tree {
    switch (action) {
      case 'ListRoles':
        return this.#list(params)
      case 'CreateRole':
        return { Role: shown(this.#create(params)) }
      case 'GetRole': {
        const role = this.#role(params)
        return { Role: { ...shown(role), AssumeRolePolicyDocument: role.AssumeRolePolicyDocument } }
      }
      case 'UpdateRole':
        return { Role: shown(this.#update(params)) }
      case 'DeleteRole':
        if (this.#role(params).attached.size > 0)
          throw new Refusal(409, 'DeleteConflict.Role.Policy', 'The role cannot have any attached policies.')
        this.roles.delete(params['RoleName'] ?? '')
        return {}
      case 'ListTagResources':
        return {
          TagResources: (JSON.parse(params['ResourceNames'] ?? '[]') as string[]).flatMap((ResourceName) =>
            this.#role({ RoleName: ResourceName }).tags.map(({ Key: TagKey, Value: TagValue }) => ({
              ...{ ResourceType: 'role', ResourceName, TagKey, TagValue },
            })),
          ),
        }
      case 'TagResources':
        for (const RoleName of JSON.parse(params['ResourceNames'] ?? '[]') as string[])
          this.#role({ RoleName }).tags = tagsIn(params)
        return {}
      default:
        return this.#policy(action, params)
    }
  }

  #policy(action: string, params: Readonly<Record<string, string>>): Tree {
    const { PolicyName = '', PolicyType = '', PolicyDocument = '' } = params
    switch (action) {
      case 'CreatePolicy': {
        if (this.policies.has(PolicyName)) throw new Refusal(409, 'EntityAlreadyExists.Policy', `${PolicyName} exists`)
        if (!/^[A-Za-z0-9-]{1,128}$/.test(PolicyName))
          throw new Refusal(400, 'InvalidParameter.PolicyName.InvalidChars', PolicyName)
        checkPermissions(PolicyDocument)
        const policy = { PolicyName, Description: params['Description'] ?? '', documents: [PolicyDocument] }
        this.policies.set(PolicyName, policy)
        return { Policy: { PolicyName, PolicyType: 'Custom', DefaultVersion: 'v1' } }
      }
      case 'CreatePolicyVersion':
        return this.#addVersion(params)
      case 'GetPolicy': {
        const { documents, ...policy } = this.#policyBy(PolicyName)
        const DefaultPolicyVersion = { VersionId: `v${documents.length}`, PolicyDocument: documents.at(-1) }
        return { Policy: { ...policy, PolicyType: 'Custom' }, DefaultPolicyVersion }
      }
      case 'DeletePolicy':
        return this.#deletePolicy(params)
      case 'ListPoliciesForRole': {
        const Policy = [...this.#role(params).attached].map((one) => {
          const [type, name] = one.split('/')
          return { PolicyType: type, PolicyName: name }
        })
        return { Policies: { Policy } }
      }
      default:
        return this.#attach(action, `${PolicyType}/${PolicyName}`, params)
    }
  }

  #list({ Marker = '0', MaxItems = '100' }: Readonly<Record<string, string>>): Tree {
    if (Number(MaxItems) > 1000) throw new Refusal(400, 'InvalidParameter.MaxItems', MaxItems)
    const end = Number(Marker) + Number(MaxItems)
    const all = [...this.roles.values()]
    const Role = all.slice(Number(Marker), end).map((role) => ({
      ...shown(role),
      Tags: { Tag: role.tags.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value })) },
    }))
    const more = end < all.length
    return { Roles: { Role }, IsTruncated: more, ...(more && { Marker: String(end) }) }
  }

  #create(params: Readonly<Record<string, string>>): Role {
    const { RoleName = '', AssumeRolePolicyDocument = '', Description = '' } = params
    if (this.roles.has(RoleName)) throw new Refusal(409, 'EntityAlreadyExists.Role', `The role already exists.`)
    if (RoleName.length > 64) throw new Refusal(400, 'InvalidParameter.RoleName.Length', RoleName)
    if (!/^[A-Za-z0-9.-]+$/.test(RoleName)) throw new Refusal(400, 'InvalidParameter.RoleName.InvalidChars', RoleName)
    checkTrust(AssumeRolePolicyDocument)
    const role: Role = {
      ...{ RoleName, AssumeRolePolicyDocument, Description, tags: tagsIn(params), attached: new Set() },
      Arn: `acs:ram::${ACCOUNT}:role/${RoleName.toLowerCase()}`,
      CreateDate: new Date().toISOString(),
      madeMs: performance.now(),
    }
    this.roles.set(RoleName, role)
    return role
  }

  #update(params: Readonly<Record<string, string>>): Role {
    const role = this.#role(params)
    const { NewAssumeRolePolicyDocument: trust, NewDescription } = params
    if (trust !== undefined) {
      checkTrust(trust)
      role.AssumeRolePolicyDocument = trust
    }
    if (NewDescription !== undefined) role.Description = NewDescription
    return role
  }

  #addVersion(params: Readonly<Record<string, string>>): Tree {
    const { PolicyName = '', PolicyDocument = '', SetAsDefault, RotateStrategy } = params
    const { documents } = this.#policyBy(PolicyName)
    checkPermissions(PolicyDocument)
    if (SetAsDefault !== 'true') throw new Error('a version that is not in force is nothing that we ask for')
    if (documents.length >= 5 && !RotateStrategy?.startsWith('Delete'))
      throw new Refusal(409, 'LimitExceeded.Policy.Version', 'there are five versions')
    if (documents.length >= 5) documents.shift()
    documents.push(PolicyDocument)
    return { PolicyVersion: { VersionId: `v${documents.length}`, IsDefaultVersion: true } }
  }

  #deletePolicy({ PolicyName = '', CascadingDelete }: Readonly<Record<string, string>>): Tree {
    const { documents } = this.#policyBy(PolicyName)
    if ([...this.roles.values()].some(({ attached }) => attached.has(`Custom/${PolicyName}`)))
      throw new Refusal(409, 'DeleteConflict.Policy.Role', 'The policy is attached to a role.')
    if (documents.length > 1 && CascadingDelete !== 'true')
      throw new Refusal(409, 'DeleteConflict.Policy.Version', 'The policy has other versions.')
    this.policies.delete(PolicyName)
    return {}
  }

  #attach(action: string, policy: string, params: Readonly<Record<string, string>>): Tree {
    const { attached } = this.#role(params)
    if (policy.startsWith('Custom/')) this.#policyBy(params['PolicyName'] ?? '')
    if (action === 'AttachPolicyToRole') {
      if (attached.has(policy)) throw new Refusal(409, 'EntityAlreadyExists.Role.Policy', 'It is attached already.')
      attached.add(policy)
    } else if (!attached.delete(policy)) throw new Refusal(404, 'EntityNotExist.Role.Policy', 'It is not attached.')
    return {}
  }

  #role({ RoleName = '' }: Readonly<Record<string, string>>): Role {
    const role = this.roles.get(RoleName)
    if (!role) throw new Refusal(404, 'EntityNotExist.Role', 'The role does not exist.')
    return role
  }

  #policyBy(name: string): Policy {
    const policy = this.policies.get(name)
    if (!policy) throw new Refusal(404, 'EntityNotExist.Policy', 'The policy does not exist.')
    return policy
  }
}

const PRINCIPALS: Readonly<Record<string, string>> = {
  oss: 'oss.aliyuncs.com',
  log: 'log.aliyuncs.com',
  mns_topic: 'mns.aliyuncs.com',
  cdn_events: 'cdn.aliyuncs.com',
  tablestore: 'acs:ram::1604337383174619:root',
}

// The models say that nothing is required; the documents of each call say otherwise.
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  CreateRole: ['RoleName', 'AssumeRolePolicyDocument'],
  GetRole: ['RoleName'],
  UpdateRole: ['RoleName'],
  DeleteRole: ['RoleName'],
  ListTagResources: ['ResourceType', 'ResourceNames'],
  TagResources: ['ResourceType', 'ResourceNames', 'Tag'],
  CreatePolicy: ['PolicyName', 'PolicyDocument'],
  CreatePolicyVersion: ['PolicyName', 'PolicyDocument'],
  GetPolicy: ['PolicyName', 'PolicyType'],
  DeletePolicy: ['PolicyName'],
  ListPoliciesForRole: ['RoleName'],
  AttachPolicyToRole: ['RoleName', 'PolicyName', 'PolicyType'],
  DetachPolicyFromRole: ['RoleName', 'PolicyName', 'PolicyType'],
}

function shown({ RoleName, Arn, CreateDate, Description }: Role): Tree {
  return { RoleName, Arn, CreateDate, Description, RoleId: `3${RoleName.length}`, MaxSessionDuration: 3600 }
}

function tagsIn({ Tag = '[]' }: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  const tags = JSON.parse(Tag) as { Key: string; Value: string }[]
  if (tags.length > 20 || tags.some(({ Key, Value }) => Key.length > 128 || Value.length > 256))
    throw new Refusal(400, 'InvalidParameter.Tag', Tag)
  return tags
}

function byName(things: readonly Tree[], name: string): Tree {
  return Object.fromEntries(
    things.map((thing) => [String(thing[name]), thing] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

function denied(why: string): Refusal {
  return new Refusal(403, 'AccessDenied', why)
}

function failure(status: number, Code: string, Message: string): WireReply {
  return { status, body: { Code, Message, RequestId: 'r-1', HostId: 'ram.aliyuncs.com' } }
}
