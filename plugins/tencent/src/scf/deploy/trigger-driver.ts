import type { Call, Change, Driver, FieldRules, Live, Resource, Tree } from '@anyfaas/kit'
import { isPassing, isTaken, unlessMissing } from '../../account/failures.ts'
import type { OurFunction, OurFunctions } from './our-functions.ts'
import { isSame } from './settings.ts'
import { revealed, type Site } from './site.ts'
import { describeTrigger, nameOfTrigger, switchFor, TRIGGERS, toCreateTrigger, triggerKey } from './triggers.ts'

/** Triggers. They stand under their function and belong to whom it belongs. */
export class TriggerDriver implements Driver<Tree, Tree> {
  readonly type = 'scf:trigger'
  readonly rules: FieldRules = {
    FunctionName: 'replace',
    Namespace: 'replace',
    Type: 'replace',
    TriggerName: 'replace',
    Qualifier: 'replace',
    Fixed: 'replace',
    'Open.CorsConfig.Origins': 'unordered',
    'Open.CorsConfig.Methods': 'unordered',
    'Open.CorsConfig.Headers': 'unordered',
    'Open.CorsConfig.ExposeHeaders': 'unordered',
  }
  readonly #site: Site
  readonly #ours: OurFunctions
  /** What is there and no longer wanted, by what it is known by. */
  #leaving = new Map<string, readonly Live<Tree>[]>()

  constructor(site: Site, ours: OurFunctions) {
    this.#site = site
    this.#ours = ours
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const functions = await this.#ours.list(call)
    const wishes = new Map<string | undefined, Map<string, Resource<Tree>>>()
    for (const resource of desired) {
      const own = wishes.get(resource.fn) ?? new Map()
      wishes.set(resource.fn, own.set(triggerKey(resource.spec), resource))
    }
    const lists = functions.map(async (one) => {
      const own = wishes.get(one.fn) ?? new Map<string, Resource<Tree>>()
      return (await this.#told(one, own, call)).map((value) => liveOf(value, one.fn, own.get(triggerKey(value)), call))
    })
    const listed = (await Promise.all(lists)).flat()
    const wanted = new Set(desired.map(({ id }) => id))
    this.#leaving = new Map()
    for (const trigger of listed.filter(({ id }) => !wanted.has(id))) {
      const key = triggerKey(trigger.value)
      this.#leaving.set(key, [...(this.#leaving.get(key) ?? []), trigger])
    }
    return listed
  }

  async find(resource: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    const { FunctionName, Namespace } = resource.spec
    const found = await this.#of({ name: String(FunctionName), namespace: String(Namespace) }, call)
    const value = found.find((one) => triggerKey(one) === triggerKey(resource.spec))
    return value && { id: resource.id, value }
  }

  async create(resource: Resource<Tree>, call: Call): Promise<Tree> {
    const spec = revealed(resource.spec, resource.id, this.#site)
    const about = resource.id
    const elsewhere = TRIGGERS[String(spec['Type'])]?.create?.(spec)
    await this.#makeRoom(spec, call)
    if (!elsewhere)
      await this.#site.client.call({ action: 'CreateTrigger', params: toCreateTrigger(spec), about }, call)
    else {
      const { product, ...request } = elsewhere
      try {
        await this.#site.client.call({ ...request, about }, call, product)
      } catch (failure) {
        // No document says how it refuses what is there, such as by an earlier attempt whose answer was lost.
        if (isPassing(failure) || !(await this.find(resource, call))) throw failure
      }
    }
    return resource.spec
  }

  // Deletions come last; but what calls one function goes to another only after it has left the first.
  async #makeRoom(spec: Tree, call: Call): Promise<void> {
    if (!TRIGGERS[String(spec['Type'])]?.isAlone) return
    for (const other of this.#leaving.get(triggerKey(spec)) ?? []) await this.delete(other, call)
  }

  async update(resource: Resource<Tree>, live: Tree, change: Change): Promise<Tree> {
    const spec = revealed(resource.spec, resource.id, this.#site)
    const about = resource.id
    const Enable = switchFor(spec['Enable'])
    const changes = TRIGGERS[String(spec['Type'])]?.changes
    const { CustomArgument, Description } = spec
    if (changes === 'all') {
      const params = { ...nameOfTrigger(spec), Enable, TriggerDesc: describeTrigger(spec), CustomArgument, Description }
      await this.#site.client.call({ action: 'UpdateTrigger', params, about }, change)
    } else if (
      changes === 'switch' &&
      isSame(CustomArgument, live['CustomArgument']) &&
      isSame(Description, live['Description'])
    ) {
      const params = { ...nameOfTrigger(spec), Enable, TriggerDesc: describeTrigger(spec) }
      await this.#site.client.call({ action: 'UpdateTriggerStatus', params, about }, change)
    } else {
      await this.delete({ id: resource.id, value: live }, change)
      await this.create(resource, change)
    }
    return resource.spec
  }

  async delete({ id, value }: Live<Tree>, call: Call): Promise<void> {
    const name = { ...nameOfTrigger(value), ...(value['called'] !== undefined && { TriggerName: value['called'] }) }
    const params = { ...name, TriggerDesc: value['told'] ?? describeTrigger(value) }
    await unlessMissing(this.#site.client.call({ action: 'DeleteTrigger', params, about: id }, call))
  }

  project(live: Tree): Tree {
    const { told: _, called: __, ...spec } = live
    return spec
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure)
  }

  isTaken(failure: unknown): boolean {
    return isTaken(failure)
  }

  // GetFunction tells triggers too. Whether all of them, for any qualifier, no document says: it is believed where it tells just
  // what is wanted, and for anything else the list is asked, which is for nothing but triggers.
  async #told(one: OurFunction, own: ReadonlyMap<string, Resource<Tree>>, call: Call): Promise<Tree[]> {
    const { Triggers } = (await this.#ours.detail(one.live, call)) ?? {}
    const told = ((Triggers ?? []) as Tree[]).map(readTrigger)
    const isWanted = (trigger: Tree): boolean => {
      const spec = own.get(triggerKey(trigger))?.spec
      return spec !== undefined && SETTINGS.every((name) => isSame(trigger[name], spec[name]))
    }
    const place = { FunctionName: one.name, Namespace: one.namespace }
    if (told.length > 0 && told.length === own.size && told.every(isWanted))
      return told.map((trigger) => ({ ...place, ...trigger }))
    return await this.#of(one, call)
  }

  async #of({ name, namespace }: Pick<OurFunction, 'name' | 'namespace'>, call: Call): Promise<Tree[]> {
    const params = { FunctionName: name, Namespace: namespace }
    const request = { action: 'ListTriggers', params, about: `triggers of ${name}`, field: 'Triggers' }
    // The function may have gone while the others were read.
    const found = (await unlessMissing(this.#site.client.list(request, call))) ?? []
    return found.map((told) => ({ ...params, ...readTrigger(told) }))
  }
}

/** A trigger as it was told, in the words of a spec. */
export function readTrigger(told: Tree): Tree {
  const { Type, TriggerName, Qualifier, Enable, CustomArgument, Description, TriggerDesc } = told
  const type = TRIGGERS[String(Type)]
  const { open, fixed } = type?.read(parse(String(TriggerDesc))) ?? { open: TriggerDesc, fixed: {} }
  return {
    Type,
    TriggerName: type?.nameOf?.(told) ?? TriggerName,
    Qualifier,
    // Sent as a word, told as a number.
    Enable: Enable === 1 || Enable === 'OPEN',
    CustomArgument: CustomArgument ?? '',
    Description: Description ?? '',
    Open: open,
    Fixed: fixed,
    told: TriggerDesc,
    called: TriggerName,
  }
}

const SETTINGS = ['Qualifier', 'Enable', 'CustomArgument', 'Description', 'Open', 'Fixed']

function liveOf(value: Tree, fn: string, wanted: Resource<Tree> | undefined, call: Call): Live<Tree> {
  const id = wanted?.id ?? `trigger/${fn}/${value['Type']}:${value['TriggerName']}:${value['Qualifier']}`
  const isBelieved = TRIGGERS[String(value['Type'])]?.isBelieved
  const Open = isBelieved && wanted ? believed(value['Open'] as Tree, wanted, call) : value['Open']
  return { id, fn, uses: [`function/${fn}`], value: { ...value, Open } }
}

// What is not told is taken to be as wanted, which is said: nobody would notice a change of it otherwise.
function believed(told: Tree, { id, spec }: Resource<Tree>, call: Call): Tree {
  const wanted = spec['Open'] as Tree
  const untold = Object.keys(wanted).filter((name) => !(name in told))
  if (untold.length > 0)
    call.note(`${id}: the platform does not tell ${untold.join(', ')}: a change of it in the file is not seen`)
  return { ...wanted, ...told }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A timer's may be its bare expression.
    return text
  }
}
