import { type Call, checkStale, clock, error, type Listed, SlsError, type Tree, Watch } from '@anyfaas/kit'
import { isTaken, unlessMissing } from '../../account/failures.ts'
import type { Site } from './site.ts'
import { ourFunction, tagMap } from './tags.ts'

/** A function of ours on the platform, and which one of the file it is. */
export interface OurFunction {
  readonly name: string
  readonly namespace: string
  readonly fn: string
  /** As ListFunctions tells it. */
  readonly live: Tree
}

/** Every function of the account in all namespaces, read once for all the drivers of a connection that look for theirs. */
export class OurFunctions {
  readonly #site: Site
  readonly #states: Watch<Tree>
  #namespaces: Promise<Set<string>> | undefined
  #reading: Promise<readonly Tree[]> | undefined
  readonly #details = new Map<string, Promise<Tree | undefined>>()

  constructor(site: Site) {
    this.#site = site
    const signal = new AbortController().signal
    const look = async (): Promise<Map<string, Tree>> =>
      new Map((await this.now({ signal })).map((fn) => [keyOf(fn), fn]))
    this.#states = new Watch({ look, everyMs: LOOK_MS, clock })
  }

  /** What bears the marks of the service and stage; as of this moment when asked. */
  async list(call: Call, when: 'plan' | 'now' = 'plan'): Promise<readonly OurFunction[]> {
    return (await (when === 'now' ? this.now(call) : this.all(call))).flatMap((live) => {
      const fn = ourFunction(tagMap(live['Tags']), this.#site.service)
      if (fn === undefined || live['Status'] === 'Deleting') return []
      return [{ name: String(live['FunctionName']), namespace: String(live['Namespace']), fn, live }]
    })
  }

  /** A deployed function of the file. Throws SLS7004 when it is not deployed. */
  async one(fn: string, call: Call): Promise<OurFunction> {
    const found = (await this.list(call)).find((each) => each.fn === fn)
    if (found) return found
    throw new SlsError(error('SLS7004', `function "${fn}" is not deployed`, { help: ['sls deploy'] }))
  }

  /** All functions of the account in the region. Plans begin with this list: what happens later is not seen here. */
  async all(call: Call): Promise<readonly Tree[]> {
    this.#reading ??= this.now(call).catch((failure: unknown) => {
      this.#reading = undefined
      throw failure
    })
    return await this.#reading
  }

  /** The same as of this moment. */
  async now(call: Pick<Call, 'signal'>): Promise<readonly Tree[]> {
    const { client } = this.#site
    const lists = [...(await this.#known(call))].map(async (Namespace) => {
      const request = { action: 'ListFunctions', params: { Namespace }, field: 'Functions', page: 100 }
      const found = await client.list({ ...request, about: `functions of the namespace ${Namespace}` }, call)
      return found.map((fn) => ({ ...fn, Namespace }))
    })
    return (await Promise.all(lists)).flat()
  }

  /** What GetFunction tells of a listed function, asked once; undefined when it went since. */
  async detail(listed: Tree, call: Call): Promise<Tree | undefined> {
    const key = keyOf(listed)
    const asked = this.#details.get(key) ?? unlessMissing(this.#ask(listed, call))
    this.#details.set(key, asked)
    return await asked.catch((failure: unknown) => {
      this.#details.delete(key)
      throw failure
    })
  }

  async #ask({ FunctionName, Namespace }: Tree, call: Call): Promise<Tree> {
    const request = { action: 'GetFunction', params: { FunctionName, Namespace }, about: `function/${FunctionName}` }
    return await this.#site.client.call(request, call)
  }

  /** Throws SLS5004 when functions are not as they were when the plan was made. */
  async checkUnchanged(call: Call): Promise<void> {
    checkStale(listed(await this.list(call)), listed(await this.list(call, 'now')))
  }

  /** Waits until the platform has done what it was told with a function; its state, undefined when it is gone. */
  async settled(spec: Tree, { signal }: Pick<Call, 'signal'>, wish: 'there' | 'gone'): Promise<Tree | undefined> {
    const isDone = (state: Tree | undefined): boolean =>
      wish === 'gone'
        ? state === undefined || state['Status'] === 'DeleteFailed'
        : state !== undefined && !BUSY.has(String(state['Status']))
    return await this.#states.until(keyOf(spec), isDone, signal)
  }

  /** Makes a namespace that is not there. It stays: others may have put functions into it. */
  async makeNamespace(Namespace: string, call: Call): Promise<void> {
    const known = await this.#known(call)
    if (known.has(Namespace)) return
    try {
      const request = { action: 'CreateNamespace', params: { Namespace }, about: `namespace ${Namespace}` }
      await this.#site.client.call(request, call)
      call.note(`made the namespace ${Namespace}`)
    } catch (failure) {
      if (!isTaken(failure)) throw failure
    }
    known.add(Namespace)
  }

  async #known(call: Pick<Call, 'signal'>): Promise<Set<string>> {
    this.#namespaces ??= this.#site.client
      .list({ action: 'ListNamespaces', field: 'Namespaces', about: 'namespaces' }, call)
      .then((found) => new Set(['default', ...found.map(({ Name }) => String(Name))]))
      .catch((failure: unknown) => {
        this.#namespaces = undefined
        throw failure
      })
    return await this.#namespaces
  }
}

/** By what a function is known in the account. */
export function keyOf({ Namespace, FunctionName }: Tree): string {
  return `${Namespace}/${FunctionName}`
}

function listed(functions: readonly OurFunction[]): ReadonlyMap<string, Listed> {
  return new Map(
    functions.map(({ live }) => [keyOf(live), { changed: live['ModTime'], isBusy: BUSY.has(String(live['Status'])) }]),
  )
}

// https://cloud.tencent.com/document/product/583/115197
const BUSY = new Set(['Creating', 'Updating', 'Publishing', 'Deleting'])

const LOOK_MS = 300
