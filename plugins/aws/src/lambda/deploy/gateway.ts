import { type Call, isOurs, type Resource, type Tree } from '@anyfaas/kit'
import type { Action } from '../../account/sdk.ts'
import { unlessMissing } from './kind.ts'
import { Once } from './once.ts'
import type { Reach } from './site.ts'

/** The APIs and domains that bear our marks, read once, and what stands under them. */
export class Gateway {
  readonly #site: Reach
  readonly #apis = new Once<readonly Tree[]>()
  readonly #domains = new Once<readonly Tree[]>()
  readonly #lists = new Map<string, Promise<readonly Tree[]>>()

  constructor(site: Reach) {
    this.#site = site
  }

  /** Reads what every plan reads, so that it is there by then. */
  async begin(call: Call): Promise<void> {
    await Promise.all([this.domains(call), ...LISTS.map((action) => this.under(action, [], call))])
  }

  /** Our API; where several deploys began at once there are more, and the first is the oldest. */
  async apis(call: Call): Promise<readonly Tree[]> {
    return await this.#apis.get(() => this.now(call))
  }

  /** The same as of this moment. */
  async now(call: Call): Promise<readonly Tree[]> {
    const all = (await this.all('GetApis', {}, call)).filter((api) => this.#isOurs(api))
    return all.sort((a, b) => (isOlder(a, b) ? -1 : 1))
  }

  /** All domains of the account, read once. */
  async domains(call: Call): Promise<readonly Tree[]> {
    return await this.#domains.get(() => this.domainsNow(call))
  }

  async domainsNow(call: Call): Promise<readonly Tree[]> {
    return await this.all('GetDomainNames', {}, call)
  }

  /** Those that bear our marks. */
  async ownDomains(call: Call): Promise<readonly Tree[]> {
    return (await this.domains(call)).filter((domain) => this.#isOurs(domain))
  }

  /** What stands under our API, each with the id of the API. */
  async under(action: Action<'apigateway'>, desired: readonly Resource<Tree>[], call: Call): Promise<readonly Tree[]> {
    // While things are made the API may be newer than any reading.
    const now = desired.map(({ spec }) => spec['ApiId']).filter((id) => typeof id === 'string')
    if (now.length > 0) return await this.#under(action, [...new Set(now)], call)
    const ids = (await this.apis(call)).slice(0, 1).map(({ ApiId }) => String(ApiId))
    const list = this.#lists.get(action) ?? this.#under(action, ids, call)
    this.#lists.set(action, list)
    return await list
  }

  async #under(action: Action<'apigateway'>, ids: readonly string[], call: Call): Promise<readonly Tree[]> {
    // An API that is gone has nothing under it.
    const lists = ids.map(async (ApiId) =>
      ((await unlessMissing(this.all(action, { ApiId }, call))) ?? []).map((one): Tree => ({ ...one, ApiId })),
    )
    return (await Promise.all(lists)).flat()
  }

  async all(action: Action<'apigateway'>, input: object, call: Call): Promise<Tree[]> {
    const request = { service: 'apigateway', action, input: { ...input, MaxResults: '100' }, about: 'api' } as const
    return await this.#site.api.list(request, { items: 'Items', next: 'NextToken', ask: 'NextToken' }, call)
  }

  async call(action: Action<'apigateway'>, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'apigateway', action, input, about }, call)
  }

  #isOurs({ Tags }: Tree): boolean {
    return isOurs((Tags ?? {}) as Record<string, string>, this.#site.service)
  }
}

const LISTS = ['GetAuthorizers', 'GetStages', 'GetIntegrations', 'GetRoutes'] as const

/** Of two APIs of one second the ids decide, so that all who compare them find the same. */
export function isOlder(one: Tree, other: Tree): boolean {
  const [a, b] = [one, other].map(({ CreatedDate = 0 }) => Number(CreatedDate)) as [number, number]
  return a === b ? String(one['ApiId']) < String(other['ApiId']) : a < b
}
