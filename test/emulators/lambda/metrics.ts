import { Refusal } from '../refusal.ts'
import type { Tree } from './schema.ts'
import type { Calls } from './world.ts'

/** What a function did in a minute. */
export interface Minute {
  /** Seconds since 1970. */
  readonly time: number
  readonly name: string
  readonly calls: number
  readonly errors: number
  readonly throttles: number
  /** Of each call that ran. */
  readonly durationsMs: readonly number[]
}

/** CloudWatch, as far as the figures of functions go. A page has two results, so that lists are read to their end. */
export function metricCalls(minutes: readonly Minute[]): Calls {
  return {
    GetMetricData: ({ MetricDataQueries, StartTime, EndTime, NextToken }) => {
      const queries = MetricDataQueries as Tree[]
      if (queries.length > 500) throw invalid('too many queries')
      if (new Set(queries.map(({ Id }) => Id)).size < queries.length) throw invalid('ids must be unique')
      if (Number(EndTime) <= Number(StartTime)) throw invalid('StartTime must be less than EndTime')
      const from = Number(NextToken ?? 0)
      const results = queries.slice(from, from + 2).map((query) => read(query, minutes, Number(StartTime)))
      return { MetricDataResults: results, ...(from + 2 < queries.length && { NextToken: String(from + 2) }) }
    },
  }
}

function read({ Id, MetricStat }: Tree, minutes: readonly Minute[], start: number): Tree {
  const { Metric, Period, Stat } = MetricStat as Tree
  const { Namespace, MetricName, Dimensions } = Metric as Tree
  if (!/^[a-z]\w*$/.test(String(Id))) throw invalid(`the id ${Id}`)
  if (Namespace !== 'AWS/Lambda' || Number(Period) % 60 !== 0) throw invalid('namespace or period')
  const [{ Value: name } = {}] = Dimensions as Tree[]
  const own = minutes.filter((one) => one.name === name && one.time >= start)
  const values = own.map((one) => statistic(one, String(MetricName), String(Stat)))
  return { Id, Label: MetricName, Timestamps: own.map(({ time }) => time), Values: values, StatusCode: 'Complete' }
}

function statistic({ calls, errors, throttles, durationsMs }: Minute, metric: string, stat: string): number {
  if (metric !== 'Duration') return { Invocations: calls, Errors: errors, Throttles: throttles }[metric] ?? 0
  if (stat === 'SampleCount') return durationsMs.length
  return stat === 'Maximum' ? Math.max(...durationsMs) : durationsMs.reduce((sum, one) => sum + one, 0)
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'InvalidParameterValue', message)
}
