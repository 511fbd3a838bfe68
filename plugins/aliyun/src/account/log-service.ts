import type { Call, Patience } from '@anyfaas/kit'
import type { Credentials } from './credentials.ts'
import { Lanes } from './lanes.ts'
import { md5, signLogs } from './signature.ts'
import { fieldsOf, send, type WireAnswer, WireFailure } from './wire.ts'

export interface LogServiceOptions {
  readonly credentials: Credentials
  readonly region: string
  /** Another address to connect to. */
  readonly endpoint?: string
  readonly patience?: Patience
}

export interface LogRequest {
  readonly action: string
  readonly method: 'GET' | 'POST'
  readonly project: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: object
  /** What a refusal is about. */
  readonly about: string
}

/** The log service: each project is a host of its own. https://www.alibabacloud.com/help/en/sls/developer-reference/api-reference-5 */
export class LogService {
  readonly #options: LogServiceOptions
  readonly #lanes: Lanes

  constructor(options: LogServiceOptions) {
    this.#options = options
    this.#lanes = new Lanes('log', options.patience)
  }

  /** The answer's body, which is a list for logs, and whether it is all that there is so far. */
  async call(
    request: LogRequest,
    { signal }: Pick<Call, 'signal'>,
  ): Promise<{ readonly body: unknown; readonly isComplete: boolean }> {
    const once = async () => {
      const answer = await send(this.#signed(request), signal)
      if (answer.status >= 300) throw failureOf(answer)
      return { body: answer.body.length === 0 ? {} : JSON.parse(answer.body.toString()), headers: answer.headers }
    }
    const { action, about, method } = request
    const { body, headers } = await this.#lanes.run({ action, about, isRead: method === 'GET' }, once, signal)
    return { body, isComplete: headers['x-log-progress'] !== 'Incomplete' }
  }

  #signed({ method, project, path, query = {}, body }: LogRequest) {
    const { region, endpoint, credentials } = this.#options
    const { accessKeyId, accessKeySecret, securityToken } = credentials
    const bytes = body && Buffer.from(JSON.stringify(body))
    const host = `${project}.${region}.log.aliyuncs.com`
    const headers: Record<string, string> = {
      host,
      date: new Date().toUTCString(),
      'x-log-apiversion': '0.6.0',
      'x-log-signaturemethod': 'hmac-sha1',
      'x-log-bodyrawsize': String(bytes?.length ?? 0),
      ...(securityToken && { 'x-acs-security-token': securityToken }),
      ...(bytes && {
        'content-type': 'application/json',
        'content-length': String(bytes.length),
        'content-md5': md5(bytes, 'hex').toUpperCase(),
      }),
    }
    const sorted = Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1))
    const resource = `${path}${sorted.length > 0 ? `?${sorted.map(([name, value]) => `${name}=${value}`).join('&')}` : ''}`
    const authorization = signLogs({ id: accessKeyId, secret: accessKeySecret }, { method, headers, resource })
    const search = new URLSearchParams(sorted).toString()
    const url = `${endpoint?.replace(/\/$/, '') ?? `https://${host}`}${path}${search && `?${search}`}`
    return { method, url, headers: { ...headers, authorization }, ...(bytes && { body: bytes }) }
  }
}

function failureOf({ status, headers, body }: WireAnswer): WireFailure {
  const { errorCode, errorMessage = `status ${status}` } = fieldsOf(body)
  return new WireFailure(
    status,
    String(errorCode ?? ''),
    `${errorMessage}, request id: ${headers['x-log-requestid'] ?? ''}`,
  )
}
