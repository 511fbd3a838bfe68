import { createRequire } from 'node:module'
import { ANSWER_MS, type Tree } from '@anyfaas/kit'
import { agentFor } from './agents.ts'

// The vendor's package is CommonJS and takes a tenth of a second: it is loaded where a call needs it.
const load = createRequire(import.meta.url)

/** The vendor's client of any of its products: it signs, sends, and tells the answer's `Response`. */
export interface ApiClient {
  request(action: string, params: object, options: RequestOptions): Promise<Tree>
}

export interface RequestOptions {
  readonly signal: AbortSignal
  /** How long the answer is awaited, in milliseconds; a minute when missing. */
  readonly answerMs?: number | undefined
}

export interface ApiConfig {
  readonly credentials: { readonly secretId: string; readonly secretKey: string; readonly token?: string }
  readonly region: string
  /** Another address of the API, with its scheme. */
  readonly endpoint?: string
}

/** A product of the vendor, by the first word of its address and the version of its API. */
export interface Product {
  readonly word: string
  readonly version: string
}

/** Where a product is, by the first word of its address. */
export function addressOf(word: string): string {
  return `https://${word}.tencentcloudapi.com`
}

/** The client of one product. Everything that it needs is in the vendor's common package; its products add types only. */
export function makeClient(product: Product, { credentials, region, endpoint }: ApiConfig): ApiClient {
  const { CommonClient } = load('tencentcloud-sdk-nodejs-common/tencentcloud/common/common_client') as ClientModule
  const { protocol, host, pathname } = new URL(endpoint ?? addressOf(product.word))
  // Without an agent the library closes each connection and takes `http_proxy`, for loopback too. An address of the user's
  // own is asked directly; the vendor's goes by the proxy where there is one.
  const agent = endpoint === undefined && process.env['http_proxy'] ? undefined : agentFor(protocol)
  const httpProfile = {
    protocol: `${protocol}//`,
    endpoint: host + pathname.replace(/\/$/, ''),
    ...(agent && { agent }),
  }
  // The library knows one time for all requests of a client.
  const waiting = (answerMs: number): ApiClient => {
    const profile = { httpProfile: { ...httpProfile, reqTimeout: answerMs / 1000 } }
    return new CommonClient(host, product.version, { credential: credentials, region, profile })
  }
  const usual = waiting(ANSWER_MS)
  return {
    request: async (action, params, { signal, answerMs }) =>
      await (answerMs === undefined ? usual : waiting(answerMs)).request(action, params, { signal }),
  }
}

/** Credentials by the OpenID Connect token that the environment names (`TKE_*`). */
export async function assumeByToken(): Promise<ApiConfig['credentials']> {
  const { OIDCRoleArnCredential } = load('tencentcloud-sdk-nodejs-common/tencentcloud/common/credential') as TokenModule
  return await new OIDCRoleArnCredential().getCredential()
}

interface ClientModule {
  readonly CommonClient: new (endpoint: string, version: string, config: object) => ApiClient
}

interface TokenModule {
  readonly OIDCRoleArnCredential: new () => { getCredential(): Promise<ApiConfig['credentials']> }
}
