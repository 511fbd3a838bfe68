import type { Call, Driver, FieldRules, Live, Resource, Tree } from '@anyfaas/kit'
import { isPassing, isTaken, unlessMissing } from '../account/failures.ts'
import type { Api, ApiRequest } from './api.ts'
import { toldBeside } from './blanks.ts'
import type { NewRoles } from './new-roles.ts'
import { revealed, type Secrets } from './revealed.ts'
import { isFixed, isMade, NEWEST } from './trigger-changes.ts'
import { usesOf } from './trigger-roles.ts'

/** What an edition says of the triggers of its functions. */
export interface TriggerEdition extends Secrets {
  readonly type: string
  readonly client: Api
  /** The functions that bear our mark: `name` on the platform, `fn` in the file. */
  readonly functions: (call: Call) => Promise<readonly { readonly name: string; readonly fn: string }[]>
  /** What names a function in a spec besides `functionName`. */
  readonly place: Tree
  /** Of a function, below the version. */
  readonly pathOf: (functionName: unknown) => string
  /** A trigger's configuration in the words of the API. */
  readonly send: (config: unknown) => unknown
  /** Whether a function cannot have triggers of these two types at once. */
  readonly excludes: (one: unknown, other: unknown) => boolean
}

/** Triggers. They stand under their function and belong to whom it belongs. */
export class TriggerDriver implements Driver<Tree, Tree> {
  readonly type: string
  readonly rules: FieldRules
  readonly #edition: TriggerEdition
  readonly #made: NewRoles
  /** What is there, by the name of its function. */
  #listed: ReadonlyMap<unknown, readonly Live<Tree>[]> = new Map()
  /** Of these the ones that are no longer wanted, by what they wait for. */
  #leaving: ReadonlyMap<unknown, readonly Live<Tree>[]> = new Map()

  constructor(edition: TriggerEdition, made: NewRoles) {
    // An update takes none of the first ones.
    const fixed = ['functionName', 'triggerType', 'sourceArn', ...Object.keys(edition.place)]
    this.type = edition.type
    this.rules = {
      ...Object.fromEntries(fixed.map((name) => [name, 'replace' as const])),
      'triggerConfig.methods': 'unordered',
      'triggerConfig.events': 'unordered',
    }
    this.#edition = edition
    this.#made = made
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const wanted = new Map(desired.map((resource) => [resource.id, resource]))
    const lists = (await this.#edition.functions(call)).map(async ({ name, fn }) => {
      const found = await triggersOf(this.#edition, name, call)
      return found.filter(isMade).map((trigger) => {
        const id = `trigger/${fn}/${trigger['triggerName']}`
        const value = this.#liveOf(trigger, name)
        const triggerConfig = toldBeside(wanted.get(id)?.spec['triggerConfig'], value['triggerConfig'])
        return { id, fn, uses: usesOf(fn, trigger), value: { ...value, triggerConfig } }
      })
    })
    const listed = (await Promise.all(lists)).flat()
    this.#listed = groupedBy(listed, 'functionName')
    this.#leaving = groupedBy(
      listed.filter(({ id }) => !wanted.has(id)),
      'sourceArn',
    )
    return listed
  }

  async find({ id, spec }: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    const request = { action: 'GetTrigger', method: 'GET', path: this.#pathOf(spec), about: id } as const
    return { id, value: this.#liveOf(await this.#edition.client.call(request, call), spec['functionName']) }
  }

  async create({ id, spec }: Resource<Tree>, call: Call): Promise<Tree> {
    const known = revealed(spec, id, this.#edition)
    const { functionName, triggerConfig, ...rest } = known
    const own = Object.entries(rest).filter(([name]) => !(name in this.#edition.place))
    const body = { ...Object.fromEntries(own), triggerConfig: this.#edition.send(triggerConfig) }
    await this.#makeRoom(known, call)
    await this.#letGo(known, call)
    const path = `${this.#edition.pathOf(functionName)}/triggers`
    return await this.#send({ action: 'CreateTrigger', method: 'POST', path, body, about: id }, known, call)
  }

  async update(resource: Resource<Tree>, live: Tree, call: Call): Promise<Tree> {
    const { id, spec } = resource
    if (isFixed(live, spec)) {
      await this.delete({ id, value: live }, call)
      return await this.create(resource, call)
    }
    const known = revealed(spec, id, this.#edition)
    const { triggerConfig, invocationRole, qualifier, description } = known
    const config = this.#edition.send(triggerConfig)
    await this.#letGo(known, call)
    const body = {
      qualifier: qualifier ?? NEWEST,
      triggerConfig: config,
      // What is left out stays as somebody set it.
      description: description ?? (live['description'] ? '' : undefined),
      invocationRole: invocationRole ?? (live['invocationRole'] ? '' : undefined),
    }
    return await this.#send(
      { action: 'UpdateTrigger', method: 'PUT', path: this.#pathOf(spec), body, about: id },
      known,
      call,
    )
  }

  async delete({ id, value }: Live<Tree>, call: Call): Promise<void> {
    const request = { action: 'DeleteTrigger', method: 'DELETE', path: this.#pathOf(value), about: id } as const
    await unlessMissing(this.#edition.client.call(request, call))
  }

  project(live: Tree): Tree {
    const { functionName, triggerName, triggerType, triggerConfig, ...rest } = live
    const told = Object.entries(rest).filter(([key, value]) => OPTIONAL.has(key) && value && value !== NEWEST)
    return {
      ...this.#edition.place,
      ...{ functionName, triggerName, triggerType, triggerConfig },
      ...Object.fromEntries(told),
    }
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure) || this.#made.isPassing(failure)
  }

  isTaken(failure: unknown): boolean {
    return isTaken(failure)
  }

  // What a function cannot have beside a new trigger goes before that comes.
  async #makeRoom({ functionName, triggerType }: Tree, call: Call): Promise<void> {
    const others = (this.#listed.get(functionName) ?? []).filter(({ value }) =>
      this.#edition.excludes(value['triggerType'], triggerType),
    )
    for (const other of others) await this.delete(other, call)
  }

  // Two triggers of a bucket for the same objects are not taken, so those that go anyway leave before another takes their place.
  async #letGo({ triggerType, sourceArn }: Tree, call: Call): Promise<void> {
    if (triggerType !== 'oss') return
    for (const other of this.#leaving.get(sourceArn) ?? []) await this.delete(other, call)
  }

  async #send(request: ApiRequest, { functionName, invocationRole }: Tree, call: Call): Promise<Tree> {
    const send = (): Promise<Tree> => this.#edition.client.call(request, call)
    return this.#liveOf(await this.#made.use(invocationRole, send), functionName)
  }

  // One edition tells the configuration as text.
  #liveOf(trigger: Tree, functionName: unknown): Tree {
    return { ...trigger, triggerConfig: configOf(trigger), functionName }
  }

  #pathOf({ functionName, triggerName }: Tree): string {
    return `${this.#edition.pathOf(functionName)}/triggers/${triggerName}`
  }
}

/** The triggers of a deployed function as the platform tells them. */
export async function triggersOf(
  { client, pathOf }: Pick<TriggerEdition, 'client' | 'pathOf'>,
  functionName: string,
  call: Call,
): Promise<Tree[]> {
  const path = `${pathOf(functionName)}/triggers`
  return await client.list({ action: 'ListTriggers', path, about: `triggers of ${functionName}` }, 'triggers', call)
}

/** The configuration of a trigger that was told. */
export function configOf({ triggerConfig }: Tree): unknown {
  return typeof triggerConfig === 'string' ? JSON.parse(triggerConfig || '{}') : (triggerConfig ?? {})
}

const OPTIONAL = new Set(['sourceArn', 'invocationRole', 'qualifier', 'description'])

function groupedBy(triggers: readonly Live<Tree>[], field: string): ReadonlyMap<unknown, readonly Live<Tree>[]> {
  const groups = new Map<unknown, Live<Tree>[]>()
  for (const trigger of triggers) {
    const group = groups.get(trigger.value[field])
    if (group) group.push(trigger)
    else groups.set(trigger.value[field], [trigger])
  }
  return groups
}
