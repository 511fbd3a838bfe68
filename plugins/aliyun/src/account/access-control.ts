import type { Call, Tree } from '@anyfaas/kit'
import type { Credentials } from './credentials.ts'
import { Lanes } from './lanes.ts'
import {
  type ApiAnswer,
  type ApiClient,
  apiParams,
  apiRequest,
  configOf,
  makeApi,
  ONCE,
  runtimeOptions,
} from './sdk.ts'

export interface AccessControlOptions {
  readonly credentials: Credentials
  readonly region: string
  /** Another address to connect to. */
  readonly endpoint?: string
}

export interface AccessRequest {
  readonly action: string
  readonly query?: Readonly<Record<string, string>>
  /** What a refusal is about. */
  readonly about: string
}

/** Roles and their policies, by the vendor's library. One address serves all regions. https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-overview */
export class AccessControl {
  readonly #api: ApiClient
  readonly #lanes = new Lanes()

  constructor({ credentials, region, endpoint }: AccessControlOptions) {
    this.#api = makeApi(configOf(credentials, region, endpoint ?? 'https://ram.aliyuncs.com'))
  }

  /** Does one call when the platform can take it; the answer's body. */
  async call({ action, query = {}, about }: AccessRequest, { signal }: Pick<Call, 'signal'>): Promise<Tree> {
    const shared = { action, version: '2015-05-01', protocol: 'HTTPS', pathname: '/', method: 'POST' }
    const params = apiParams({ ...shared, authType: 'AK', style: 'RPC', reqBodyType: 'formData', bodyType: 'json' })
    const send = (): Promise<ApiAnswer> => this.#api.callApi(params, apiRequest({ query }), runtimeOptions(ONCE))
    const { body } = await this.#lanes.run({ action, about, isRead: /^(Get|List)/.test(action) }, send, signal)
    return (body ?? {}) as Tree
  }

  /** Every role of the account. */
  async roles(call: Pick<Call, 'signal'>): Promise<readonly Tree[]> {
    const found: Tree[] = []
    let marker = ''
    do {
      const query = { MaxItems: '1000', ...(marker !== '' && { Marker: marker }) }
      const page = await this.call({ action: 'ListRoles', query, about: 'roles' }, call)
      found.push(...(((page['Roles'] as Tree | undefined)?.['Role'] ?? []) as Tree[]))
      marker = page['IsTruncated'] === true ? String(page['Marker']) : ''
    } while (marker !== '')
    return found
  }
}
