import { createRequire } from 'node:module'
import { ANSWER_MS, CONNECT_MS } from '@anyfaas/kit'

// The vendor's packages are CommonJS and take a tenth of a second: each is loaded where a call needs it.
const load = createRequire(import.meta.url)

/** The part of the vendor's client that sends and signs. Its models drop what they do not know, so we go round them. */
export interface ApiClient {
  callApi(params: object, request: object, runtime: object): Promise<ApiAnswer>
}

export interface ApiAnswer {
  readonly body?: unknown
  readonly headers?: Headers
  readonly statusCode?: number
}

export type Headers = Readonly<Record<string, string>>

export interface ApiConfig {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken?: string
  readonly protocol: string
  readonly endpoint: string
  readonly regionId: string
}

/** A client of Function Compute 3.0. */
export function makeFc3(config: ApiConfig): ApiClient {
  const { default: Client } = load('@alicloud/fc20230330') as { default: new (config: object) => ApiClient }
  keepStatus()
  return new Client(new (core().$OpenApiUtil.Config)(config))
}

/** A client of any other product that speaks the vendor's newer protocol. */
export function makeApi(config: ApiConfig): ApiClient {
  const { default: Client, $OpenApiUtil } = core()
  keepStatus()
  return new Client(new $OpenApiUtil.Config(config))
}

interface Reader {
  readAsJSON: ((body: { readonly statusCode?: number }) => Promise<unknown>) & { isKeeping?: true }
}

// Of a failure that is no JSON, such as the page of a gateway that is overloaded, the library tells that alone, and not its status, by
// which it may pass.
function keepStatus(): void {
  const { Stream } = load('@darabonba/typescript') as { Stream: Reader }
  const { readAsJSON } = Stream
  if (readAsJSON.isKeeping) return
  const reading: Reader['readAsJSON'] = async (body) => {
    try {
      return await readAsJSON(body)
    } catch (cause) {
      const { statusCode = 0 } = body
      throw cause instanceof SyntaxError && statusCode >= 500 ? Object.assign(cause, { statusCode }) : cause
    }
  }
  Stream.readAsJSON = Object.assign(reading, { isKeeping: true as const })
}

/** What a client needs to know. Without an address the library asks one that does not exist. */
export function configOf(
  { accessKeyId, accessKeySecret, securityToken }: Pick<ApiConfig, 'accessKeyId' | 'accessKeySecret' | 'securityToken'>,
  region: string,
  address: string,
): ApiConfig {
  const { protocol, host } = new URL(address)
  const keys = { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) }
  return { ...keys, protocol: protocol.slice(0, -1), endpoint: host, regionId: region }
}

/** What `callApi` takes, of plain data. */
export function apiParams(params: object): object {
  return new (core().$OpenApiUtil.Params)(params)
}

export function apiRequest(request: object): object {
  return new (core().$OpenApiUtil.OpenApiRequest)(request)
}

/**
 * One attempt: whether another is worth it is for ours to say. What the library calls the time to connect is how long a connection may be
 * silent, while an answer is awaited too. A read is tried again then; a change or an invocation has to be waited for: `answerMs`, in
 * milliseconds.
 */
export function once(isRead: boolean, answerMs = ANSWER_MS): object {
  const { RuntimeOptions } = load('@darabonba/typescript') as { RuntimeOptions: Maker }
  const connectTimeout = isRead ? CONNECT_MS : answerMs
  return new RuntimeOptions({ autoretry: false, maxAttempts: 1, readTimeout: answerMs, connectTimeout })
}

type Maker = new (fields: object) => object

function core(): {
  readonly default: new (config: object) => ApiClient
  readonly $OpenApiUtil: Readonly<Record<'Config' | 'Params' | 'OpenApiRequest', Maker>>
} {
  return load('@alicloud/openapi-core') as ReturnType<typeof core>
}

export interface Keys {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken?: string
  /** Which of the library's ways found them. */
  readonly providerName?: string
}

interface KeysBuilder {
  withProfileName(name: string): KeysBuilder
  build(): { getCredentials(): Promise<Keys> }
}

/** A way of the vendor's library to find credentials: all that it knows, a profile of its command line, or an address that has them. */
export type CredentialsProvider = 'default' | 'cli_profile' | 'uri'

export async function loadCredentials(provider: CredentialsProvider, profile: string | undefined): Promise<Keys> {
  const folder = '@alicloud/credentials/dist/src/providers'
  const { default: found } = load(`${folder}/${provider}`) as { default: { builder(): KeysBuilder } }
  const builder = found.builder()
  return await (profile === undefined ? builder : builder.withProfileName(profile)).build().getCredentials()
}
