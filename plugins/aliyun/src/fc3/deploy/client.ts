import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type Call, clock, Pacer, type Tree, withRetry } from '@anyfaas/kit'
import type { Credentials } from '../../account/credentials.ts'
import { isPassing, isThrottled, refuse } from '../../account/failures.ts'
import {
  type ApiAnswer,
  type ApiClient,
  apiParams,
  apiRequest,
  type Headers,
  makeFc3,
  runtimeOptions,
} from '../../account/sdk.ts'

export interface ClientOptions {
  readonly credentials: Credentials
  readonly region: string
  /** Another address of the API, with its scheme: private clouds and emulators. */
  readonly endpoint?: string
}

export interface Request {
  /** The platform's name of the call, such as `CreateFunction`: calls are paced by it. */
  readonly action: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below the version, such as `/functions/a`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: object
  readonly headers?: Headers
  /** What a refusal is about, such as `function/login`. */
  readonly about: string
}

/** The Function Compute 3.0 API by the vendor's library: paced, one attempt a call, refusals made readable. */
export class Fc3Client {
  readonly #api: ApiClient
  readonly #reads = new Pacer({ rate: READS, isThrottled, clock })
  readonly #writes = new Pacer({ rate: WRITES, burst: WRITES / 2, isThrottled, clock })

  constructor({ credentials, region, endpoint }: ClientOptions) {
    // Without an endpoint the library asks an address that does not exist.
    const { protocol, host } = new URL(endpoint ?? `https://fcv3.${region}.aliyuncs.com`)
    const { accessKeyId, accessKeySecret, securityToken } = credentials
    const keys = { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) }
    this.#api = makeFc3({ ...keys, protocol: protocol.slice(0, -1), endpoint: host, regionId: region })
  }

  /** Does one call when the platform can take it; the answer's body. What only reads is tried again when that may help. */
  async call(request: Request, call: Pick<Call, 'signal'>): Promise<Tree> {
    const { query = {}, body, headers = {} } = request
    // A deletion is answered with nothing, which is no JSON.
    const bodyType = request.method === 'DELETE' ? 'none' : 'json'
    const answer = await this.#send(request, { bodyType, sent: { headers, query, ...(body && { body }) } }, call)
    return (answer.body ?? {}) as Tree
  }

  /** The same with bytes in both directions, and the answer's headers. */
  async exchange(
    request: Omit<Request, 'body'> & { readonly bytes: Buffer },
    call: Pick<Call, 'signal'>,
  ): Promise<{ readonly body: string; readonly headers: Headers }> {
    const { query = {}, headers = {}, bytes } = request
    const stream = Readable.from([bytes])
    const sent = { headers, query, body: stream, stream }
    const { body, headers: told = {} } = await this.#send(request, { bodyType: 'binary', sent }, call)
    return { body: await text(body as Readable), headers: told }
  }

  async #send(request: Request, { bodyType, sent }: Sending, { signal }: Pick<Call, 'signal'>): Promise<ApiAnswer> {
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
    const pacer = method === 'GET' ? this.#reads : this.#writes
    const once = () =>
      pacer.run(action, () => this.#api.callApi(params, apiRequest(sent), runtimeOptions(ONCE)), signal)
    try {
      return await (method === 'GET' ? withRetry(once, { retryable: isPassing, signal, clock }) : once())
    } catch (error) {
      throw refuse(about, error)
    }
  }

  /** All items of a list, page by page. `field` is where the answer holds them. */
  async list(request: Omit<Request, 'method' | 'body'>, field: string, call: Pick<Call, 'signal'>): Promise<Tree[]> {
    const items: Tree[] = []
    let nextToken = ''
    do {
      const query = { ...request.query, limit: '100', ...(nextToken && { nextToken }) }
      const page = await this.call({ ...request, method: 'GET', query }, call)
      items.push(...((page[field] ?? []) as Tree[]))
      nextToken = String(page['nextToken'] ?? '')
    } while (nextToken !== '')
    return items
  }
}

interface Sending {
  readonly bodyType: 'json' | 'none' | 'binary'
  readonly sent: object
}

const VERSION = '2023-03-30'

// Calls a second and action to begin with; what the platform answers corrects them.
const READS = 50
const WRITES = 20

// Whether a change may be tried again is for the engine to say.
const ONCE = { autoretry: false, maxAttempts: 1, readTimeout: 60_000, connectTimeout: 10_000 }
