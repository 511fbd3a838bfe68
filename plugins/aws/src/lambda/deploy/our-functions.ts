import { type Call, deployedName, error, isOurs, MARKS, type Service, SlsError, type Tree } from '@anyfaas/kit'
import { facts } from '../facts.ts'
import type { Site } from './site.ts'

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
  readonly #site: Site
  #reading: Promise<readonly FoundFunction[]> | undefined

  constructor(site: Site) {
    this.#site = site
  }

  /** What bears the marks of the service and stage; as of this moment when asked. */
  async list(call: Call, when: 'plan' | 'now' = 'plan'): Promise<readonly FoundFunction[]> {
    return (await (when === 'now' ? this.#read(call) : this.all(call))).filter((one) => one.isOurs)
  }

  /** The same, and what stands where one of the file would without bearing them. */
  async all(call: Call): Promise<readonly FoundFunction[]> {
    this.#reading ??= this.#read(call).catch((cause: unknown) => {
      this.#reading = undefined
      throw cause
    })
    return await this.#reading
  }

  /** The deployed name of a function of the file. Throws SLS7004 when it is not deployed. */
  async nameOf(fn: string, call: Call): Promise<string> {
    const found = (await this.list(call)).find((one) => one.fn === fn)
    if (found) return found.name
    throw new SlsError(error('SLS7004', `function "${fn}" is not deployed`, { help: ['sls deploy'] }))
  }

  /** The tags of a function as of this moment. */
  async tagsOf(arn: string, call: Call): Promise<Readonly<Record<string, string>>> {
    const request = { service: 'lambda', action: 'ListTags', input: { Resource: arn }, about: arn } as const
    return ((await this.#site.api.call(request, call))['Tags'] ?? {}) as Record<string, string>
  }

  // A list of functions has no tags, and the list of tags lags behind: whom it does not know is asked.
  async #read(call: Call): Promise<readonly FoundFunction[]> {
    const { api, service } = this.#site
    const request = { service: 'lambda', action: 'ListFunctions', input: {}, about: 'functions' } as const
    const [functions, known] = await Promise.all([
      api.list(request, { items: 'Functions', next: 'NextMarker', ask: 'Marker' }, call),
      this.#taggedArns(call),
    ])
    const wanted = wantedNames(service)
    const found = functions.map(async (live): Promise<FoundFunction[]> => {
      const name = String(live['FunctionName'])
      const arn = String(live['FunctionArn'])
      const own = wanted.names.get(name)
      if (!known.has(arn) && own === undefined && !name.startsWith(wanted.prefix)) return []
      const tags = known.get(arn) ?? (await this.tagsOf(arn, call))
      const ours = isOurs(tags, service)
      if (!ours && own === undefined) return []
      return [{ name, fn: own ?? tags[MARKS.fn] ?? name, arn, live, tags, isOurs: ours }]
    })
    return (await Promise.all(found)).flat()
  }

  async #taggedArns(call: Call): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
    const { name, stage } = this.#site.service
    const input = {
      ResourceTypeFilters: ['lambda:function'],
      TagFilters: [
        { Key: MARKS.service, Values: [name] },
        { Key: MARKS.stage, Values: [stage] },
      ],
    }
    const found = await this.#site.api.list(
      { service: 'tagging', action: 'GetResources', input, about: 'functions' },
      { items: 'ResourceTagMappingList', next: 'PaginationToken', ask: 'PaginationToken' },
      call,
    )
    return new Map(found.map(({ ResourceARN, Tags }) => [String(ResourceARN), tagMap(Tags)]))
  }
}

/** `[{Key, Value}]` as a map. */
export function tagMap(tags: unknown): Record<string, string> {
  const list = (tags ?? []) as readonly { Key: string; Value: string }[]
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]))
}

/** The same the other way. */
export function tagList(tags: Readonly<Record<string, unknown>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, value]) => ({ Key, Value: String(value) }))
}

function wantedNames({ name, stage, functions }: Service): { names: Map<string, string>; prefix: string } {
  const names = functions.map((fn): [string, string] => [
    deployedName([name, stage, fn.name], facts.functionName),
    fn.name,
  ])
  return { names: new Map(names), prefix: `${name}-${stage}-` }
}
