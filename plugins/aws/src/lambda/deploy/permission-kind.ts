import { type Call, isMap, type Live, type Resource, type Tree } from '@anyfaas/kit'
import type { Action } from '../../account/sdk.ts'
import { type Kind, unlessMissing } from './kind.ts'
import type { FoundFunction, OurFunctions } from './our-functions.ts'
import { holderId, holdersOf, partId, qualifierOf } from './qualifiers.ts'
import type { Site } from './site.ts'
import { dropHint, hintOf } from './tags.ts'

/** What a permission of ours begins with in the policy of a function. */
const SID = 'anyfaas-'

const FIELDS = [
  'FunctionName',
  'Qualifier',
  'StatementId',
  'Action',
  'Principal',
  'SourceApi',
  'SourceArn',
  'SourceAccount',
  'FunctionUrlAuthType',
  'InvokedViaFunctionUrl',
]

/** Who may call a function: statements of its policy. */
export class PermissionKind implements Kind {
  readonly type = 'aws:permission'
  readonly fields = FIELDS
  readonly rules = { FunctionName: 'replace' } as const
  readonly #site: Site
  readonly #ours: OurFunctions
  /** Function, or alias of one -> its statements as a plan found them: several kinds look for what they had. */
  readonly #found = new Map<string, Promise<readonly Live<Tree>[]>>()

  constructor(site: Site, ours: OurFunctions) {
    this.#site = site
    this.#ours = ours
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const holders = holdersOf('policy', await this.#ours.list(call), desired)
    return (await Promise.all(holders.map(({ one, qualifier }) => this.#planned(one, qualifier, call)))).flat()
  }

  /** What functions let a service call them with, as a plan found it. */
  async grantedTo(principal: string, call: Call): Promise<readonly Live<Tree>[]> {
    return (await this.list(call, [])).filter(({ value }) => value['Principal'] === principal)
  }

  async find({ id, spec, fn }: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    const one = { name: String(spec['FunctionName']), fn: fn ?? '' }
    const found = await this.#look(one, qualifierOf(spec), call)
    return found.find((live) => live.id === id)
  }

  async create(spec: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const { SourceApi, ...input } = spec
    const { partition, region, account } = this.#site.place
    const SourceArn = SourceApi ? `arn:${partition}:execute-api:${region}:${account}:${SourceApi}/*` : spec['SourceArn']
    await this.#call('AddPermission', { ...input, ...(SourceArn !== undefined && { SourceArn }) }, id, call)
    return {}
  }

  async update(spec: Tree, live: Tree, call: Call, resource: Resource<Tree>): Promise<Tree> {
    await unlessMissing(this.#drop(live, call, resource.id))
    return await this.create(spec, call, resource)
  }

  async remove(live: Tree, call: Call, id: string): Promise<void> {
    await unlessMissing(this.#drop(live, call, id))
    const found = await this.#ours.byName(live['FunctionName'], call)
    const qualifier = qualifierOf(live)
    if (found && (await this.#look(found, qualifier, call)).length === 0)
      await dropHint(this.#site, found.arn, hintOf('policy', qualifier), call)
  }

  #planned(one: FoundFunction, qualifier: string | undefined, call: Call): Promise<readonly Live<Tree>[]> {
    const key = partId(one.name, qualifier)
    const known = this.#found.get(key) ?? this.#look(one, qualifier, call)
    this.#found.set(key, known)
    return known
  }

  async #drop({ FunctionName, Qualifier, StatementId }: Tree, call: Call, id: string): Promise<void> {
    await this.#call('RemovePermission', { FunctionName, Qualifier, StatementId }, id, call)
  }

  async #look(
    { name, fn }: Pick<FoundFunction, 'name' | 'fn'>,
    qualifier: string | undefined,
    call: Call,
  ): Promise<Live<Tree>[]> {
    const where = { FunctionName: name, ...(qualifier !== undefined && { Qualifier: qualifier }) }
    const told = await unlessMissing(this.#call('GetPolicy', where, `function/${fn}`, call))
    if (!told) return []
    const { Statement } = JSON.parse(String(told['Policy'])) as { Statement: readonly Tree[] }
    return Statement.filter(({ Sid }) => String(Sid).startsWith(SID)).map((statement) => ({
      id: permissionId(fn, String(statement['Sid']).slice(SID.length), qualifier),
      fn,
      uses: [`function/${fn}`, holderId(fn, qualifier)],
      value: { ...where, ...readStatement(statement) },
    }))
  }

  async #call(action: Action<'lambda'>, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'lambda', action, input, about }, call)
  }
}

/** The id of the permission that a trigger has, and its part of that: the trigger's own. */
export function permissionOf(
  trigger: string,
  qualifier: string | undefined,
): { readonly id: string; readonly part: string } {
  const [, fn = '', ...path] = trigger.split('/')
  const part = path.join('-').replace(/[^\w-]/g, '-')
  return { id: permissionId(fn, part, qualifier), part }
}

/** The right of a source to call a function, or one of its aliases: each has a policy of its own. */
export function permissionId(fn: string, part: string, qualifier: string | undefined): string {
  return partId(`permission/${fn}/${part}`, qualifier)
}

/** The id of a statement in the policy: that of the resource's last part. */
export function statementId(part: string): string {
  return SID + part
}

function readStatement({ Sid, Action, Principal, Condition }: Tree): Tree {
  const told = conditionsOf(Condition)
  const source = told.get('aws:sourcearn')
  const api = /:execute-api:[^:]*:[^:]*:(\w+)\/\*$/.exec(source ?? '')?.[1]
  const account = told.get('aws:sourceaccount')
  const auth = told.get('lambda:functionurlauthtype')
  return {
    StatementId: Sid,
    Action,
    Principal: isMap(Principal) ? (Principal['Service'] ?? Principal['AWS']) : Principal,
    ...(api !== undefined ? { SourceApi: api } : source !== undefined && { SourceArn: source }),
    ...(account !== undefined && { SourceAccount: account }),
    ...(auth !== undefined && { FunctionUrlAuthType: auth }),
    ...(told.has('lambda:invokedviafunctionurl') && { InvokedViaFunctionUrl: true }),
  }
}

// Operator -> key -> value; the keys come in any case.
function conditionsOf(condition: unknown): ReadonlyMap<string, string> {
  const operators = Object.values((condition ?? {}) as Tree) as Tree[]
  return new Map(
    operators.flatMap((keys) => Object.entries(keys).map(([key, value]) => [key.toLowerCase(), String(value)])),
  )
}
