import {
  type Call,
  deployedName,
  deployedPrefixes,
  error,
  isOurs,
  MARKS,
  type Service,
  SlsError,
  type Tree,
} from '@anyfaas/kit'
import { facts } from '../facts.ts'
import type { Marked } from './marked.ts'
import { Once } from './once.ts'
import type { Reach } from './site.ts'

/** A function that has a name of ours, and what it bears. */
export interface FoundFunction {
  readonly name: string
  /** The function of the file. */
  readonly fn: string
  readonly arn: string
  readonly live: Tree
  readonly tags: Readonly<Record<string, string>>
  readonly isOurs: boolean
}

/** The functions of the service on the platform, read once for all the drivers of a connection that look for theirs. */
export class OurFunctions {
  readonly #site: Reach
  readonly #marked: Marked
  readonly #planned = new Once<readonly FoundFunction[]>()
  #someArn: string | undefined
  #named: { readonly of: readonly FoundFunction[]; readonly byName: ReadonlyMap<string, FoundFunction> } | undefined

  constructor(site: Reach, marked: Marked) {
    this.#site = site
    this.#marked = marked
  }

  /** What bears the marks of the service and stage; as of this moment when asked. */
  async list(call: Pick<Call, 'signal'>, when: 'plan' | 'now' = 'plan'): Promise<readonly FoundFunction[]> {
    return (await (when === 'now' ? this.#read(call, 'now') : this.all(call))).filter((one) => one.isOurs)
  }

  /** The same, and what stands where one of the file would without bearing them. */
  async all(call: Pick<Call, 'signal'>): Promise<readonly FoundFunction[]> {
    return await this.#planned.get(() => this.#read(call, 'plan'))
  }

  /** The ARN of any function of the account, as a plan found them; undefined when there is none. */
  async someArn(call: Pick<Call, 'signal'>): Promise<string | undefined> {
    await this.all(call)
    return this.#someArn
  }

  /** What bears the marks, by its deployed name. */
  async byName(name: unknown, call: Pick<Call, 'signal'>): Promise<FoundFunction | undefined> {
    const all = await this.all(call)
    if (this.#named?.of !== all)
      this.#named = { of: all, byName: new Map(all.flatMap((one) => (one.isOurs ? [[one.name, one]] : []))) }
    return this.#named.byName.get(String(name))
  }

  /** The deployed name of a function of the file. Throws SLS7004 when it is not deployed. */
  async nameOf(fn: string, call: Pick<Call, 'signal'>): Promise<string> {
    return (await this.one(fn, call)).name
  }

  /** The same with all that the platform tells about it. */
  async one(fn: string, call: Pick<Call, 'signal'>): Promise<FoundFunction> {
    const found = (await this.list(call)).find((one) => one.fn === fn)
    if (found) return found
    throw new SlsError(error('SLS7004', `function "${fn}" is not deployed`, { help: ['sls deploy'] }))
  }

  /** The tags of a function as of this moment. */
  async tagsOf(arn: string, call: Pick<Call, 'signal'>): Promise<Readonly<Record<string, string>>> {
    const request = { service: 'lambda', action: 'ListTags', input: { Resource: arn }, about: arn } as const
    return ((await this.#site.api.call(request, call))['Tags'] ?? {}) as Record<string, string>
  }

  // A list of functions has no tags, and the list of tags lags behind: whom it does not know is asked.
  async #read(call: Pick<Call, 'signal'>, when: 'plan' | 'now'): Promise<readonly FoundFunction[]> {
    const { api, service } = this.#site
    const request = { service: 'lambda', action: 'ListFunctions', input: {}, about: 'functions' } as const
    const [functions, known] = await Promise.all([
      api.list(request, { items: 'Functions', next: 'NextMarker', ask: 'Marker' }, call),
      this.#marked.of('lambda:function', call, when),
    ])
    if (functions[0]) this.#someArn = String(functions[0]['FunctionArn'])
    const wanted = wantedNames(service)
    const found = functions.map(async (live): Promise<FoundFunction[]> => {
      const name = String(live['FunctionName'])
      const arn = String(live['FunctionArn'])
      const own = wanted.names.get(name)
      if (!known.has(arn) && own === undefined && !wanted.prefixes.some((prefix) => name.startsWith(prefix))) return []
      const tags = known.get(arn) ?? (await this.tagsOf(arn, call))
      const ours = isOurs(tags, service)
      if (!ours && own === undefined) return []
      return [{ name, fn: own ?? tags[MARKS.fn] ?? name, arn, live, tags, isOurs: ours }]
    })
    return (await Promise.all(found)).flat()
  }
}

function wantedNames({ name, stage, functions }: Service): {
  names: Map<string, string>
  prefixes: readonly string[]
} {
  const names = functions.map((fn): [string, string] => [
    deployedName([name, stage, fn.name], facts.functionName),
    fn.name,
  ])
  return { names: new Map(names), prefixes: deployedPrefixes([name, stage], facts.functionName) }
}
