import { createHmac } from 'node:crypto'
import type { WireReply, WireRequest } from '../emulator.ts'
import { checkSignature, statusOf } from '../fc3/signature.ts'
import { LogStores } from './log-stores.ts'
import { Roles } from './roles.ts'

const RAM = '2015-05-01'

/** A minute's value of a metric. */
export interface Point {
  readonly metric: string
  readonly timestamp: number
  readonly Value: number
  readonly dimensions: Readonly<Record<string, string>>
}

/** The products beside Function Compute that a deploy and its owner talk to: log service, object store, CloudMonitor, roles. */
export class Neighbours {
  /** `bucket/key` -> the bytes. */
  readonly objects = new Map<string, Buffer>()
  readonly logs = new LogStores()
  readonly roles: Roles
  readonly points: Point[] = []
  readonly #keys: ReadonlyMap<string, string>
  readonly #lent = new Map<string, string>()

  constructor(keys: ReadonlyMap<string, string>) {
    this.#keys = keys
    this.roles = new Roles(keys)
  }

  name({ headers, method }: Pick<WireRequest, 'headers' | 'method'>): string | undefined {
    if (headers['x-acs-action'] === 'DescribeMetricList') return 'DescribeMetricList'
    if (headers['x-acs-action'] === 'GetCallerIdentity') return 'GetCallerIdentity'
    if (headers['x-acs-version'] === RAM) return `${RAM} ${headers['x-acs-action']}`
    if (/\.oss-[\w-]+\.aliyuncs\.com$/.test(headers['host'] ?? '')) return `${method} object`
    if (/\.log\.aliyuncs\.com$/.test(headers['host'] ?? '')) return `${method} logs`
    return undefined
  }

  /** A call by POST that changes nothing. */
  reads(action: string): boolean {
    return action === 'DescribeMetricList' || action === 'GetCallerIdentity' || /^2015-05-01 (Get|List)/.test(action)
  }

  /** Keys to one object of a bucket of the platform's own. */
  lend(bucket: string): object {
    const token = `token-${this.#lent.size}`
    const objectName = `object-${this.#lent.size}`
    this.#lent.set(token, `${bucket}/1234567890123456/${objectName}`)
    const credentials = { AccessKeyId: 'STS.lent', AccessKeySecret: 'lent secret', SecurityToken: token }
    return { credentials, ossBucket: bucket, ossRegion: 'cn-hangzhou', objectName, codeSizeLimit: 524_288_000 }
  }

  answer(request: WireRequest): WireReply | undefined {
    const { action } = request
    if (action === 'DescribeMetricList') return this.#metrics(request)
    if (action === 'GetCallerIdentity') return this.#identity(request)
    if (action.startsWith(RAM)) return this.roles.answer({ ...request, action: action.slice(RAM.length + 1) })
    if (action.endsWith(' object')) return this.#object(request)
    return action.endsWith(' logs') ? this.logs.answer(request, this.#keys) : undefined
  }

  /** Whether this cloud says whose keys are. */
  hasIdentity = true

  #identity(request: WireRequest): WireReply {
    const problem = checkSignature(request, this.#keys)
    if (problem) return { status: statusOf(problem), body: { Code: problem, Message: 'the signature does not match' } }
    if (!this.hasIdentity) return { status: 404, body: { Code: 'InvalidAction.NotFound', Message: 'no such service' } }
    const body = { AccountId: '1234567890123456', Arn: 'acs:ram::1234567890123456:user/ci', IdentityType: 'RAMUser' }
    return { status: 200, body: { ...body, RequestId: 'r' } }
  }

  // https://www.alibabacloud.com/help/en/oss/developer-reference/include-signatures-in-the-authorization-header
  #object({ method, headers, path, body, atMs }: WireRequest): WireReply {
    const bucket = (headers['host'] ?? '').split('.')[0] ?? ''
    const id = `${bucket}${path}`
    const token = headers['x-oss-security-token']
    const [, key = '', signature] = /^OSS ([^:]+):(.+)$/.exec(headers['authorization'] ?? '') ?? []
    const secret = token === undefined ? this.#keys.get(key) : key === 'STS.lent' ? 'lent secret' : undefined
    if (secret === undefined) return refusal(403, 'InvalidAccessKeyId')
    if (!(Math.abs(atMs - Date.parse(headers['date'] ?? '')) <= BEARS_MS)) return refusal(403, 'RequestTimeTooSkewed')
    const own = token === undefined ? '' : `x-oss-security-token:${token}\n`
    const lines = [method, headers['content-md5'] ?? '', headers['content-type'] ?? '', headers['date'] ?? '']
    const text = `${lines.join('\n')}\n${own}/${id}`
    if (createHmac('sha1', secret).update(text).digest('base64') !== signature)
      return refusal(403, 'SignatureDoesNotMatch')
    if (token !== undefined && this.#lent.get(token) !== id) return refusal(403, 'AccessDenied')
    if (method !== 'PUT') return refusal(405, 'MethodNotAllowed')
    if (Number(headers['content-length']) !== body.length) return refusal(400, 'IncompleteBody')
    this.objects.set(id, body)
    return { status: 200 }
  }

  // https://www.alibabacloud.com/help/en/cms/developer-reference/api-cms-2019-01-01-describemetriclist
  #metrics(request: WireRequest): WireReply {
    const problem = checkSignature(request, this.#keys)
    if (problem) return { status: statusOf(problem), body: { Code: problem, Message: 'the signature does not match' } }
    const asked = new Map([...request.query, ...new URLSearchParams(request.body.toString())])
    const [dimensions] = JSON.parse(asked.get('Dimensions') ?? '[{}]') as [Record<string, string>]
    const [from, to] = [Number(asked.get('StartTime')), Number(asked.get('EndTime'))]
    if (asked.get('Namespace') !== 'acs_fc' || !(from < to) || !['60', '3600'].includes(asked.get('Period') ?? ''))
      return { status: 400, body: { Code: 'ParameterInvalid', Message: 'a parameter is invalid' } }
    const found = this.points.filter(
      ({ metric, timestamp, dimensions: own }) =>
        metric === asked.get('MetricName') &&
        timestamp > from &&
        timestamp <= to &&
        Object.entries(dimensions).every(([name, value]) => own[name] === value),
    )
    const start = Number(asked.get('NextToken') ?? 0)
    const end = start + Math.min(2, Number(asked.get('Length')))
    const Datapoints = JSON.stringify(
      found.slice(start, end).map(({ timestamp, Value, dimensions: own }) => ({ timestamp, Value, ...own })),
    )
    const more = end < found.length && { NextToken: String(end) }
    return { status: 200, body: { Code: '200', Success: true, Period: asked.get('Period'), Datapoints, ...more } }
  }
}

const BEARS_MS = 15 * 60_000

function refusal(status: number, code: string): WireReply {
  const xml = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>refused</Message><RequestId>r</RequestId></Error>`
  return { status, body: Buffer.from(xml) }
}
