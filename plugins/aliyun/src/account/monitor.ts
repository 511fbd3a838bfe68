import type { Call, Tree } from '@anyfaas/kit'
import { type Reach, Rpc } from './rpc.ts'

export interface PointsQuery {
  readonly metric: string
  readonly dimensions: Readonly<Record<string, string>>
  /** Milliseconds since 1970, UTC. */
  readonly since: number
  readonly until: number
  /** What a refusal is about. */
  readonly about: string
}

/** CloudMonitor. */
export class Monitor {
  readonly #rpc: Rpc

  constructor(reach: Reach) {
    this.#rpc = new Rpc('2019-01-01', `https://metrics.${reach.region}.aliyuncs.com`, reach)
  }

  /**
   * The points of a metric of Function Compute: a sum a minute, an hour for more than a day.
   * https://www.alibabacloud.com/help/en/cms/developer-reference/api-cms-2019-01-01-describemetriclist
   */
  async points(query: PointsQuery, call: Pick<Call, 'signal'>): Promise<readonly Tree[]> {
    const points: Tree[] = []
    let token = ''
    do {
      const request = { action: 'DescribeMetricList', query: asked(query, token), about: query.about }
      const { body } = await this.#rpc.call(request, call)
      const { Datapoints, NextToken } = (body ?? {}) as Tree
      points.push(...(JSON.parse(String(Datapoints || '[]')) as Tree[]))
      token = String(NextToken ?? '')
    } while (token !== '')
    return points
  }
}

const DAY_MS = 86_400_000

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
