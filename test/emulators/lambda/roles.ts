import { Refusal } from '../refusal.ts'
import type { Tree } from './schema.ts'
import { ACCOUNT, type Calls, pageOf, type Role, type World } from './world.ts'

/** Roles, as IAM keeps them. */
export function roleCalls(world: World): Calls {
  const of = (name: unknown): Role => {
    const role = world.roles.get(String(name))
    if (!role) throw missing(`The role with name ${name} cannot be found.`)
    return role
  }
  return {
    CreateRole: ({ RoleName, Path = '/', AssumeRolePolicyDocument }) => {
      const name = String(RoleName)
      if (!/^[\w+=,.@-]{1,64}$/.test(name)) throw new Refusal(400, 'ValidationError', `the name ${name}`)
      if (world.roles.has(name)) throw new Refusal(409, 'EntityAlreadyExists', `Role with name ${name} already exists.`)
      const document = checkDocument(AssumeRolePolicyDocument)
      const role: Role = {
        name,
        path: String(Path),
        document,
        knownAt: performance.now() + world.settleMs(),
        attached: new Set(),
        policies: new Map(),
      }
      world.roles.set(name, role)
      return { Role: told(role) }
    },
    GetRole: ({ RoleName }) => ({ Role: told(of(RoleName)) }),
    ListRoles: ({ PathPrefix = '/' }) => ({
      Roles: [...world.roles.values()].filter(({ path }) => path.startsWith(String(PathPrefix))).map(told),
      IsTruncated: false,
    }),
    GetAccountAuthorizationDetails: ({ Filter, Marker }) => {
      if (String(Filter) !== 'Role') throw new Refusal(400, 'ValidationError', 'only roles are told here')
      const { page, next } = pageOf([...world.roles.values()], 100, Marker)
      return { RoleDetailList: page.map(detail), IsTruncated: next !== undefined, ...(next && { Marker: next }) }
    },
    UpdateAssumeRolePolicy: ({ RoleName, PolicyDocument }) => {
      Object.assign(of(RoleName), { document: checkDocument(PolicyDocument) })
      return {}
    },
    AttachRolePolicy: ({ RoleName, PolicyArn }) => {
      of(RoleName).attached.add(checkArn(PolicyArn))
      return {}
    },
    DetachRolePolicy: ({ RoleName, PolicyArn }) => {
      if (!of(RoleName).attached.delete(String(PolicyArn))) throw missing(`Policy ${PolicyArn} was not found.`)
      return {}
    },
    ListAttachedRolePolicies: ({ RoleName }) => ({
      AttachedPolicies: [...of(RoleName).attached].map((PolicyArn) => ({
        PolicyArn,
        PolicyName: PolicyArn.split('/').at(-1),
      })),
      IsTruncated: false,
    }),
    PutRolePolicy: ({ RoleName, PolicyName, PolicyDocument }) => {
      of(RoleName).policies.set(String(PolicyName), checkDocument(PolicyDocument))
      return {}
    },
    GetRolePolicy: ({ RoleName, PolicyName }) => {
      const document = of(RoleName).policies.get(String(PolicyName))
      if (document === undefined) throw missing(`The role policy with name ${PolicyName} cannot be found.`)
      return { RoleName, PolicyName, PolicyDocument: encodeURIComponent(document) }
    },
    DeleteRolePolicy: ({ RoleName, PolicyName }) => {
      if (!of(RoleName).policies.delete(String(PolicyName)))
        throw missing(`The role policy with name ${PolicyName} cannot be found.`)
      return {}
    },
    ListRolePolicies: ({ RoleName }) => ({ PolicyNames: [...of(RoleName).policies.keys()], IsTruncated: false }),
    DeleteRole: ({ RoleName }) => {
      const { attached, policies } = of(RoleName)
      if (attached.size + policies.size > 0)
        throw new Refusal(409, 'DeleteConflict', 'Cannot delete entity, must detach all policies first.')
      world.roles.delete(String(RoleName))
      return {}
    },
  }
}

function detail(role: Role): Tree {
  return {
    ...told(role),
    RolePolicyList: [...role.policies].map(([PolicyName, document]) => ({
      PolicyName,
      PolicyDocument: encodeURIComponent(document),
    })),
    AttachedManagedPolicies: [...role.attached].map((PolicyArn) => ({
      PolicyArn,
      PolicyName: PolicyArn.split('/').at(-1),
    })),
  }
}

function told({ name, path, document }: Role): Tree {
  return {
    RoleName: name,
    Path: path,
    RoleId: `AROA${name}`,
    Arn: `arn:aws:iam::${ACCOUNT}:role${path}${name}`,
    CreateDate: '2026-01-01T00:00:00Z',
    AssumeRolePolicyDocument: encodeURIComponent(document),
  }
}

function checkDocument(document: unknown): string {
  const { Version, Statement } = JSON.parse(String(document)) as { Version?: string; Statement?: Tree[] }
  if (
    Version !== '2012-10-17' ||
    !Statement?.every(({ Effect, Action }) => Effect === 'Allow' && Array.isArray(Action))
  )
    throw new Refusal(400, 'MalformedPolicyDocument', 'the document is malformed')
  return String(document)
}

function checkArn(arn: unknown): string {
  if (!/^arn:aws:iam::(aws|\d{12}):policy\/[\w/+=,.@-]+$/.test(String(arn)))
    throw missing(`Policy ${arn} does not exist`)
  return String(arn)
}

function missing(message: string): Refusal {
  return new Refusal(404, 'NoSuchEntity', message)
}
