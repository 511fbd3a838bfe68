import { type Call, isMap, type Live, type Resource, type Tree } from '@anyfaas/kit'
import { type Kind, unlessMissing } from './kind.ts'
import type { FoundFunction, OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'
import { dropHint, hintOf } from './tags.ts'

/** What a permission of ours begins with in the policy of a function. */
const SID = 'anyfaas-'

const FIELDS = [
  'FunctionName',
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
  /** Function -> its statements as a plan found them: several kinds look for what they had. */
  readonly #found = new Map<string, Promise<readonly Live<Tree>[]>>()

  constructor(site: Site, ours: OurFunctions) {
    this.#site = site
    this.#ours = ours
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const wanted = new Set(desired.map(({ fn }) => fn))
    const asked = (await this.#ours.list(call)).filter(({ fn, tags }) => wanted.has(fn) || hintOf('policy') in tags)
    return (await Promise.all(asked.map((one) => this.#planned(one, call)))).flat()
  }

  async find({ id, spec, fn }: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    const found = await this.#look({ name: String(spec['FunctionName']), fn: fn ?? '' }, call)
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
    const name = String(live['FunctionName'])
    const found = (await this.#ours.list(call)).find((one) => one.name === name)
    if (found && (await this.#look(found, call)).length === 0) await dropHint(this.#site, found.arn, 'policy', call)
  }

  #planned(one: FoundFunction, call: Call): Promise<readonly Live<Tree>[]> {
    const known = this.#found.get(one.name) ?? this.#look(one, call)
    this.#found.set(one.name, known)
    return known
  }

  async #drop({ FunctionName, StatementId }: Tree, call: Call, id: string): Promise<void> {
    await this.#call('RemovePermission', { FunctionName, StatementId }, id, call)
  }

  async #look({ name, fn }: Pick<FoundFunction, 'name' | 'fn'>, call: Call): Promise<Live<Tree>[]> {
    const told = await unlessMissing(this.#call('GetPolicy', { FunctionName: name }, `function/${fn}`, call))
    if (!told) return []
    const { Statement } = JSON.parse(String(told['Policy'])) as { Statement: readonly Tree[] }
    return Statement.filter(({ Sid }) => String(Sid).startsWith(SID)).map((statement) => ({
      id: `permission/${fn}/${String(statement['Sid']).slice(SID.length)}`,
      fn,
      uses: [`function/${fn}`],
      value: readStatement(name, statement),
    }))
  }

  async #call(action: string, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'lambda', action, input, about }, call)
  }
}

/** The id of a statement in the policy: that of the resource's last part. */
export function statementId(part: string): string {
  return SID + part
}

function readStatement(FunctionName: string, { Sid, Action, Principal, Condition }: Tree): Tree {
  const told = conditionsOf(Condition)
  const source = told.get('aws:sourcearn')
  const api = /:execute-api:[^:]*:[^:]*:(\w+)\/\*$/.exec(source ?? '')?.[1]
  const account = told.get('aws:sourceaccount')
  const auth = told.get('lambda:functionurlauthtype')
  return {
    FunctionName,
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
