import { type Call, error, isOurs, MARKS, SlsError, type Tree } from '@anyfaas/kit'
import { tagMap } from './expand.ts'
import type { Site } from './site.ts'

/** A function of ours on the platform, and which one of the file it is. */
export interface OurFunction {
  readonly name: string
  readonly fn: string
  readonly live: Tree
}

/** Every function of the account, read once for all the drivers of a connection that look for theirs. */
export class OurFunctions {
  readonly #site: Site
  #reading: Promise<readonly Tree[]> | undefined

  constructor(site: Site) {
    this.#site = site
  }

  /** What bears the marks of the service and stage; as of this moment when asked. */
  async list(call: Call, when: 'plan' | 'now' = 'plan'): Promise<readonly OurFunction[]> {
    return (await (when === 'now' ? this.now(call) : this.all(call))).flatMap((live) => {
      const tags = tagMap(live['tags'])
      const name = String(live['functionName'])
      return isOurs(tags, this.#site.service) ? [{ name, fn: tags[MARKS.fn] ?? name, live }] : []
    })
  }

  /** The deployed name of a function of the file. Throws SLS7004 when it is not deployed. */
  async nameOf(fn: string, call: Call): Promise<string> {
    return (await this.one(fn, call)).name
  }

  /** The same with all that the platform tells about it. */
  async one(fn: string, call: Call): Promise<OurFunction> {
    const found = (await this.list(call)).find((one) => one.fn === fn)
    if (found) return found
    throw new SlsError(error('SLS7004', `function "${fn}" is not deployed`, { help: ['sls deploy'] }))
  }

  /** All functions of the account in the region. Plans begin with this list: what happens later is not seen here. */
  async all(call: Call): Promise<readonly Tree[]> {
    this.#reading ??= this.now(call).catch((error: unknown) => {
      this.#reading = undefined
      throw error
    })
    return await this.#reading
  }

  /** The same as of this moment. */
  async now(call: Pick<Call, 'signal'>): Promise<readonly Tree[]> {
    const request = { action: 'ListFunctions', path: '/functions', query: { fcVersion: 'v3' }, about: 'functions' }
    return await this.#site.client.list(request, 'functions', call)
  }
}
