import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type Call, orAborted, type Patience, type Tree } from '@anyfaas/kit'
import type { Credentials } from '../../account/credentials.ts'
import { Lanes, pages } from '../../account/lanes.ts'
import {
  type ApiAnswer,
  type ApiClient,
  apiParams,
  apiRequest,
  configOf,
  type Headers,
  makeFc3,
  once,
} from '../../account/sdk.ts'
import type { Api, ApiRequest, InvokeRequest } from '../../deploy/api.ts'

export interface ClientOptions {
  readonly credentials: Credentials
  readonly region: string
  /** Another address of the API, with its scheme: private clouds and emulators. */
  readonly endpoint?: string
  readonly patience?: Patience
}

/** Where the API is. */
export function addressOf(region: string, endpoint: string | undefined): string {
  return endpoint ?? `https://fcv3.${region}.aliyuncs.com`
}

/** The Function Compute 3.0 API by the vendor's library: paced, one attempt a call, refusals made readable. */
export class Fc3Client implements Api {
  readonly #api: ApiClient
  readonly #lanes: Lanes

  constructor({ credentials, region, endpoint, patience }: ClientOptions) {
    this.#lanes = new Lanes('fc3', patience)
    this.#api = makeFc3(configOf(credentials, region, addressOf(region, endpoint)))
  }

  /** Does one call when the platform can take it; the answer's body. What only reads is tried again when that may help. */
  async call(request: ApiRequest, call: Pick<Call, 'signal'>): Promise<Tree> {
    const { query = {}, body, headers = {} } = request
    // A deletion is answered with nothing, which is no JSON.
    const bodyType = request.method === 'DELETE' ? 'none' : 'json'
    const answer = await this.#send(request, { bodyType, sent: { headers, query, ...(body && { body }) } }, call)
    return (answer.body ?? {}) as Tree
  }

  /** The same with bytes in both directions, and the answer's headers. */
  async exchange(
    request: InvokeRequest,
    call: Pick<Call, 'signal'>,
  ): Promise<{ readonly body: string; readonly headers: Headers }> {
    const { query = {}, headers = {}, bytes, answerMs } = request
    const stream = Readable.from([bytes])
    const sent = { headers, query, body: stream, stream }
    const asked = async (): Promise<{ readonly body: string; readonly headers: Headers }> => {
      const { body, headers: told = {} } = await this.#send(request, { bodyType: 'binary', sent, answerMs }, call)
      return { body: await text(body as Readable), headers: told }
    }
    // The library knows no signal, and an answer may take a day.
    return await orAborted(asked(), call.signal)
  }

  async #send(
    request: ApiRequest,
    { bodyType, sent, answerMs }: Sending,
    { signal }: Pick<Call, 'signal'>,
  ): Promise<ApiAnswer> {
    const { action, method, path, about } = request
    const params = apiParams({
      action,
      version: VERSION,
      protocol: 'HTTPS',
      pathname: `/${VERSION}${path}`,
      method,
      authType: 'AK',
      style: 'ROA',
      reqBodyType: 'json',
      bodyType,
    })
    const isRead = method === 'GET'
    const send = (): Promise<ApiAnswer> => this.#api.callApi(params, apiRequest(sent), once(isRead, answerMs))
    return await this.#lanes.run({ action, about, isRead }, send, signal)
  }

  /** All items of a list, page by page. `field` is where the answer holds them. */
  async list(request: Omit<ApiRequest, 'method' | 'body'>, field: string, call: Pick<Call, 'signal'>): Promise<Tree[]> {
    const read = async (query: Readonly<Record<string, string>>): Promise<Tree> =>
      await this.call({ ...request, method: 'GET', query: { ...request.query, ...query } }, call)
    return await pages(read, field)
  }
}

interface Sending {
  readonly bodyType: 'json' | 'none' | 'binary'
  readonly sent: object
  readonly answerMs?: number
}

const VERSION = '2023-03-30'
