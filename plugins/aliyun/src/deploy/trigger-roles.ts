import { deployedName, isRef, type Resource, type Service, type Tree, type Trigger, triggersOf } from '@anyfaas/kit'
import { ROLE, roleId } from './role-driver.ts'

export interface TriggerRoles {
  readonly service: Pick<Service, 'name' | 'stage'>
  /** All the names by which the platform knows a function. */
  readonly functionArns: (fn: Tree) => readonly string[]
}

/**
 * The resources with roles for the products that call functions, for each does so in the name of one. A trigger that names a role
 * keeps it. The others of a function and product share one that allows what they need, and nothing more.
 */
export function withTriggerRoles(resources: readonly Resource[], wishes: TriggerRoles): readonly Resource[] {
  const specs = new Map(resources.map(({ id, spec }) => [id, spec as Tree]))
  const roles = new Map<string, Growing>()
  const placed = resources.map((resource): Resource => {
    const { triggerType, functionName, invocationRole } = resource.spec as Tree
    const product = PRODUCTS[String(triggerType)]
    if (!product || invocationRole) return resource
    const called = isRef(functionName) ? specs.get(functionName.$ref) : undefined
    if (!called) throw new Error(`a trigger without its function: ${resource.id}`)
    const name = roleName(wishes.service, resource)
    const role = roles.get(name) ?? { product, first: resource, statements: new Map() }
    roles.set(name, role)
    const rights = product.rights(String((resource.spec as Tree)['sourceArn']))
    for (const statement of [allow(['fc:InvokeFunction'], wishes.functionArns(called)), ...rights])
      role.statements.set(JSON.stringify(statement), statement)
    return { ...resource, spec: { ...resource.spec, invocationRole: { $ref: roleId(name), field: 'Arn' } } }
  })
  return [...[...roles].map(([name, role]) => roleOf(name, role)), ...placed]
}

/** The ids of what a live trigger refers to: its function, and the role in whose name it is called. */
export function usesOf(fn: string, { invocationRole }: Tree): readonly string[] {
  const role = /role\/(.+)$/.exec(String(invocationRole ?? ''))?.[1]
  return [`function/${fn}`, ...(role === undefined ? [] : [roleId(role)])]
}

/** Whether a service has triggers of other products, which are named by the account. */
export function needsAccount(service: Pick<Service, 'functions'>): boolean {
  return triggersElsewhere(service).length > 0
}

/** Whether a service has triggers that get a role from us. */
export function needsRoles(service: Pick<Service, 'functions'>): boolean {
  return triggersElsewhere(service).some(({ role }) => role === undefined)
}

function triggersElsewhere({ functions }: Pick<Service, 'functions'>): readonly Trigger[] {
  return functions.flatMap((fn) => triggersOf(fn).flatMap(({ trigger }) => (KINDS.has(trigger.kind) ? [trigger] : [])))
}

const KINDS = new Set(['os', 'log', 'mq', 'cdn', 'table'])

interface Product {
  /** Who takes the role. */
  readonly principal: object
  /** What it needs besides calling the function. */
  readonly rights: (sourceArn: string) => readonly object[]
}

const PRODUCTS: Readonly<Record<string, Product>> = {
  oss: { principal: { Service: ['oss.aliyuncs.com'] }, rights: () => [] },
  mns_topic: { principal: { Service: ['mns.aliyuncs.com'] }, rights: () => [] },
  cdn_events: { principal: { Service: ['cdn.aliyuncs.com'] }, rights: () => [] },
  log: {
    principal: { Service: ['log.aliyuncs.com'] },
    // https://www.alibabacloud.com/help/en/fc/user-guide/configure-a-log-service-trigger
    rights: (project) => [
      allow(
        [
          ...['log:Get*', 'log:List*', 'log:PostLogStoreLogs', 'log:CreateConsumerGroup', 'log:UpdateConsumerGroup'],
          ...['log:DeleteConsumerGroup', 'log:ConsumerGroupHeartBeat', 'log:ConsumerGroupUpdateCheckPoint'],
        ],
        [project, `${project}/*`],
      ),
    ],
  },
  tablestore: {
    // Tablestore's own account: https://www.alibabacloud.com/help/en/fc/user-guide/tablestore-trigger
    principal: { RAM: ['acs:ram::1604337383174619:root'] },
    rights: (table) => [allow(['ots:BatchGet*', 'ots:Describe*', 'ots:Get*', 'ots:List*'], [table, `${table}/*`])],
  },
}

/** A role while the triggers are gone through that share it. */
interface Growing {
  readonly product: Product
  /** The first of these triggers. */
  readonly first: Resource
  /** What it allows, each once. */
  readonly statements: Map<string, object>
}

function roleOf(RoleName: string, { product, first: { at, fn }, statements }: Growing): Resource<Tree> {
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: product.principal }
  return {
    id: roleId(RoleName),
    type: ROLE,
    spec: {
      RoleName,
      AssumeRolePolicyDocument: documentOf([trust]),
      PolicyDocument: documentOf([...statements.values()]),
      Policies: [`Custom/${RoleName}`],
    },
    ...(fn !== undefined && { fn }),
    ...(at !== undefined && { at }),
  }
}

/** Roles allow no "_" in their names and policies no ".", and services tell a role's name in lower case. */
export const ROLE_NAME = { pattern: /^[a-z0-9-]+$/, maxLength: 64, words: 'lower-case letters, digits and "-"' }

function roleName({ name, stage }: TriggerRoles['service'], { fn = '', spec }: Resource): string {
  const type = String((spec as Tree)['triggerType']).replaceAll('_', '-')
  return deployedName([name, stage, fn, type], ROLE_NAME).toLowerCase().replaceAll('_', '-')
}

function allow(actions: readonly string[], resources: readonly string[]): object {
  return { Effect: 'Allow', Action: actions, Resource: resources }
}

function documentOf(statements: readonly object[]): { Version: string; Statement: readonly object[] } {
  return { Version: '1', Statement: statements }
}
