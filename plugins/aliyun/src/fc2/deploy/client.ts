import type { Call, Patience, Tree } from '@anyfaas/kit'
import type { Credentials } from '../../account/credentials.ts'
import { refuse } from '../../account/failures.ts'
import { Lanes, pages } from '../../account/lanes.ts'
import type { Headers } from '../../account/sdk.ts'
import { md5, signFunctions } from '../../account/signature.ts'
import { fieldsOf, send, type WireAnswer, WireFailure } from '../../account/wire.ts'
import type { Api, ApiRequest, InvokeRequest } from '../../deploy/api.ts'

export interface ClientOptions {
  readonly credentials: Credentials
  readonly region: string
  /** Whose functions; the address and a header say it. */
  readonly account: string
  /** Another address of the API, with its scheme: private clouds and emulators. */
  readonly endpoint?: string
  readonly patience?: Patience
}

/** Where the API is. */
export function addressOf({ account, region, endpoint }: Omit<ClientOptions, 'credentials'>): string {
  return endpoint ?? `https://${account}.${region}.fc.aliyuncs.com`
}

/**
 * The Function Compute API 2016-08-15: paced, one attempt a call, refusals made readable. The vendor's library for it brings
 * a hundred packages, of which some have known flaws; what it does is to sign, and tests hold our signature against its.
 */
export class Fc2Client implements Api {
  readonly #options: ClientOptions
  readonly #address: string
  readonly #lanes: Lanes

  constructor(options: ClientOptions) {
    this.#options = options
    this.#lanes = new Lanes('fc2', options.patience)
    this.#address = addressOf(options).replace(/\/$/, '')
  }

  /** Where functions with an HTTP trigger answer. */
  get address(): string {
    const { account, region } = this.#options
    return `https://${account}.${region}.fc.aliyuncs.com/${VERSION}/proxy`
  }

  /** Does one call when the platform can take it; the answer's body. What only reads is tried again when that may help. */
  async call(request: ApiRequest, call: Pick<Call, 'signal'>): Promise<Tree> {
    const body = request.body && Buffer.from(JSON.stringify(request.body))
    const { body: answer } = await this.#send(request, body && { bytes: body, type: 'application/json' }, call)
    if (answer.length === 0) return {}
    try {
      return JSON.parse(answer.toString()) as Tree
    } catch (cause) {
      throw refuse(request.about, cause)
    }
  }

  /** The same with bytes in both directions, and the answer's headers. */
  async exchange(
    request: InvokeRequest,
    call: Pick<Call, 'signal'>,
  ): Promise<{ readonly body: string; readonly headers: Headers }> {
    const { bytes, answerMs } = request
    const content = { bytes, type: 'application/octet-stream', answerMs }
    const { body, headers } = await this.#send(request, content, call)
    return { body: body.toString(), headers }
  }

  /** All items of a list, page by page. `field` is where the answer holds them. */
  async list(request: Omit<ApiRequest, 'method' | 'body'>, field: string, call: Pick<Call, 'signal'>): Promise<Tree[]> {
    const read = async (query: Readonly<Record<string, string>>): Promise<Tree> =>
      await this.call({ ...request, method: 'GET', query: { ...request.query, ...query } }, call)
    return await pages(read, field)
  }

  async #send(
    request: Omit<ApiRequest, 'body'>,
    content: Content | undefined,
    { signal }: Pick<Call, 'signal'>,
  ): Promise<WireAnswer> {
    const { action, about, method } = request
    const once = async (): Promise<WireAnswer> => {
      const answer = await send({ ...this.#signed(request, content), silentMs: content?.answerMs }, signal)
      if (isRefusal(answer)) throw failureOf(answer)
      return answer
    }
    return await this.#lanes.run({ action, about, isRead: method === 'GET' && !content }, once, signal)
  }

  #signed({ method, path, query = {}, headers = {} }: Omit<ApiRequest, 'body'>, content?: Content) {
    const { account, credentials } = this.#options
    const { accessKeyId, accessKeySecret, securityToken } = credentials
    const all: Record<string, string> = {
      accept: 'application/json',
      date: new Date().toUTCString(),
      'x-fc-account-id': account,
      ...(securityToken && { 'x-fc-security-token': securityToken }),
      ...headers,
      ...(content && {
        'content-type': content.type,
        'content-length': String(content.bytes.length),
        // The platform wants the base64 of the hexadecimal text, not of the digest.
        'content-md5': Buffer.from(md5(content.bytes, 'hex')).toString('base64'),
      }),
    }
    const resource = `/${VERSION}${path}${path.startsWith('/proxy/') ? signedQuery(query) : ''}`
    const authorization = signFunctions(
      { id: accessKeyId, secret: accessKeySecret },
      { method, headers: all, resource },
    )
    const search = new URLSearchParams(query).toString()
    const url = `${this.#address}/${VERSION}${path}${search && `?${search}`}`
    return { method, url, headers: { ...all, authorization }, ...(content && { body: content.bytes }) }
  }
}

const VERSION = '2016-08-15'

interface Content {
  readonly bytes: Buffer
  readonly type: string
  readonly answerMs?: number
}

function signedQuery(query: Readonly<Record<string, string>>): string {
  return `\n${Object.entries(query)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('\n')}`
}

// A function that failed, or that answered 404 itself, is no refusal: those name an error of the platform's.
function isRefusal({ status, headers, body }: WireAnswer): boolean {
  if (status >= 200 && status < 300) return false
  return headers['x-fc-error-type'] === undefined && (status >= 500 || codeIn(body) !== '' || body.length === 0)
}

function failureOf({ status, headers, body }: WireAnswer): WireFailure {
  const message = fieldsOf(body)['ErrorMessage'] ?? textOf(body, status)
  return new WireFailure(status, codeIn(body), `${message}, request id: ${headers['x-fc-request-id'] ?? ''}`)
}

// The page of a gateway says no more than its status.
function textOf(body: Buffer, status: number): string {
  const text = body.toString().slice(0, 500)
  return text.trimStart().startsWith('<') ? `status ${status}` : text
}

function codeIn(body: Buffer): string {
  return String(fieldsOf(body)['ErrorCode'] ?? '')
}
