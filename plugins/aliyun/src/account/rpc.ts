import type { Call, Patience } from '@anyfaas/kit'
import type { Credentials } from './credentials.ts'
import { Lanes } from './lanes.ts'
import { type ApiAnswer, type ApiClient, apiParams, apiRequest, configOf, makeApi, once } from './sdk.ts'

/** What reaches a product's API. */
export interface Reach {
  readonly credentials: Credentials
  readonly region: string
  /** Another address than the product's own. */
  readonly endpoint?: string
  readonly patience?: Patience
}

export interface RpcRequest {
  /** The platform's name of the call, such as `GetRole`. */
  readonly action: string
  readonly query?: Readonly<Record<string, string>>
  /** What a refusal is about. */
  readonly about: string
}

/** A product beside Function Compute, in the vendor's RPC style and by the vendor's library: paced, refusals made readable. */
export class Rpc {
  readonly #version: string
  readonly #api: ApiClient
  readonly #lanes: Lanes

  /** `version` is a date, such as `2015-05-01`; `address` the product's own. */
  constructor(version: string, address: string, { credentials, region, endpoint, patience }: Reach) {
    this.#lanes = new Lanes(address, patience)
    this.#version = version
    this.#api = makeApi(configOf(credentials, region, endpoint ?? address))
  }

  /** Does one call when the platform can take it. */
  async call({ action, query = {}, about }: RpcRequest, { signal }: Pick<Call, 'signal'>): Promise<ApiAnswer> {
    const params = apiParams({ ...STYLE, action, version: this.#version })
    const isRead = READS.test(action)
    const send = (): Promise<ApiAnswer> => this.#api.callApi(params, apiRequest({ query }), once(isRead))
    return await this.#lanes.run({ action, about, isRead }, send, signal)
  }
}

const STYLE = {
  protocol: 'HTTPS',
  pathname: '/',
  method: 'POST',
  authType: 'AK',
  style: 'RPC',
  reqBodyType: 'formData',
  bodyType: 'json',
}
const READS = /^(Get|List|Describe)/
