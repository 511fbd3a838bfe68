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

export interface MonitorOptions {
  readonly credentials: Credentials
  readonly region: string
  /** Another address to connect to. */
  readonly endpoint?: string
}

export interface PointsQuery {
  readonly metric: string
  readonly dimensions: Readonly<Record<string, string>>
  /** Milliseconds since 1970, UTC. */
  readonly since: number
  readonly until: number
  /** What a refusal is about. */
  readonly about: string
}

/** CloudMonitor by the vendor's library. */
export class Monitor {
  readonly #api: ApiClient
  readonly #lanes = new Lanes()

  constructor({ credentials, region, endpoint }: MonitorOptions) {
    this.#api = makeApi(configOf(credentials, region, endpoint ?? `https://metrics.${region}.aliyuncs.com`))
  }

  /**
   * The points of a metric of Function Compute: a sum a minute, an hour for more than a day.
   * https://www.alibabacloud.com/help/en/cms/developer-reference/api-cms-2019-01-01-describemetriclist
   */
  async points(query: PointsQuery, { signal }: Pick<Call, 'signal'>): Promise<readonly Tree[]> {
    const points: Tree[] = []
    let token = ''
    do {
      const send = (): Promise<ApiAnswer> =>
        this.#api.callApi(params(), apiRequest({ query: asked(query, token) }), runtimeOptions(ONCE))
      const { body } = await this.#lanes.run({ action: ACTION, about: query.about, isRead: true }, send, signal)
      const { Datapoints, NextToken } = (body ?? {}) as Tree
      points.push(...(JSON.parse(String(Datapoints || '[]')) as Tree[]))
      token = String(NextToken ?? '')
    } while (token !== '')
    return points
  }
}

const ACTION = 'DescribeMetricList'
const DAY_MS = 86_400_000

function params(): object {
  const shared = { action: ACTION, version: '2019-01-01', protocol: 'HTTPS', pathname: '/', method: 'POST' }
  return apiParams({ ...shared, authType: 'AK', style: 'RPC', reqBodyType: 'formData', bodyType: 'json' })
}

function asked({ metric, dimensions, since, until }: PointsQuery, token: string): Readonly<Record<string, string>> {
  return {
    Namespace: 'acs_fc',
    MetricName: metric,
    Period: until - since > DAY_MS ? '3600' : '60',
    StartTime: String(Math.floor(since)),
    EndTime: String(Math.floor(until)),
    Dimensions: JSON.stringify([dimensions]),
    Length: '1000',
    ...(token && { NextToken: token }),
  }
}
