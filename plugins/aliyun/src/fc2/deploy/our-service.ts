import { type Call, error, SlsError, type Tree } from '@anyfaas/kit'
import { unlessMissing } from '../../account/failures.ts'
import { isMarked } from '../../deploy/mark.ts'
import { functionName } from '../names.ts'
import type { Site } from './site.ts'

/** A function of ours on the platform, and which one of the file it is. */
export interface OurFunction {
  readonly name: string
  readonly fn: string
  readonly live: Tree
}

/** The platform's service that we deploy to, and its functions: read once for all the drivers of a connection. */
export class OurService {
  readonly #site: Site
  #service: Promise<Tree | undefined> | undefined
  #functions: Promise<readonly Tree[]> | undefined

  constructor(site: Site) {
    this.#site = site
  }

  get path(): string {
    return `/services/${this.#site.serviceName}`
  }

  /** The service, whoever made it; undefined when there is none. */
  async find(call: Call): Promise<Tree | undefined> {
    this.#service ??= this.findNow(call).catch((error: unknown) => {
      this.#service = undefined
      throw error
    })
    return await this.#service
  }

  async findNow(call: Pick<Call, 'signal'>): Promise<Tree | undefined> {
    const request = { action: 'GetService', method: 'GET', path: this.path, about: 'service' } as const
    return await unlessMissing(this.#site.client.call(request, call))
  }

  /** All functions that stand in the service. Plans begin with this list: what happens later is not seen here. */
  async functions(call: Call): Promise<readonly Tree[]> {
    this.#functions ??= this.functionsNow(call).catch((error: unknown) => {
      this.#functions = undefined
      throw error
    })
    return await this.#functions
  }

  async functionsNow(call: Pick<Call, 'signal'>): Promise<readonly Tree[]> {
    const request = { action: 'ListFunctions', path: `${this.path}/functions`, about: 'functions' }
    return (await unlessMissing(this.#site.client.list(request, 'functions', call))) ?? []
  }

  /** What bears the mark of the service and stage; as of this moment when asked. */
  async ours(call: Call, when: 'plan' | 'now' = 'plan'): Promise<readonly OurFunction[]> {
    const all = await (when === 'now' ? this.functionsNow(call) : this.functions(call))
    return all
      .filter(({ description }) => isMarked(description, this.#site.service))
      .map((live) => ({ name: String(live['functionName']), fn: this.fnOf(live), live }))
  }

  /** The function of the file that a deployed one is; its own name when it is none of them. */
  fnOf({ functionName: name }: Tree): string {
    const known = this.#site.service.functions.find((fn) => functionName(fn) === name)
    return known?.name ?? String(name)
  }

  /** The deployed function of the file. Throws SLS7004 when it is not deployed. */
  async one(fn: string, call: Call): Promise<OurFunction> {
    const found = (await this.ours(call)).find((one) => one.fn === fn)
    if (found) return found
    throw new SlsError(error('SLS7004', `function "${fn}" is not deployed`, { help: ['sls deploy'] }))
  }
}
