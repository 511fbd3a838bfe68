import type { Call, FunctionMetrics, MetricsQuery, Tree } from '@anyfaas/kit'
import type { FoundFunction, OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'

/** How often functions were called and failed, and how long they took, by CloudWatch. */
export async function readMetrics(
  site: Site,
  ours: OurFunctions,
  query: MetricsQuery,
  call: Call,
): Promise<readonly FunctionMetrics[]> {
  const wanted = new Set(query.functions)
  const functions = (await ours.list(call)).filter(({ fn }) => wanted.size === 0 || wanted.has(fn))
  const groups = Array.from({ length: Math.ceil(functions.length / GROUP) }, (_, index) =>
    readGroup(site, functions.slice(index * GROUP, (index + 1) * GROUP), query, call),
  )
  return (await Promise.all(groups)).flat()
}

// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
const ASKED = [
  ['calls', 'Invocations', 'Sum'],
  ['errors', 'Errors', 'Sum'],
  ['throttles', 'Throttles', 'Sum'],
  ['time', 'Duration', 'Sum'],
  ['measured', 'Duration', 'SampleCount'],
  ['longest', 'Duration', 'Maximum'],
] as const

type Word = (typeof ASKED)[number][0]

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html: 500 queries a request
const GROUP = Math.floor(500 / ASKED.length)

async function readGroup(
  { api }: Site,
  functions: readonly FoundFunction[],
  query: MetricsQuery,
  call: Call,
): Promise<readonly FunctionMetrics[]> {
  const Period = periodSec(query)
  const MetricDataQueries = functions.flatMap(({ name }, index) =>
    ASKED.map(([word, MetricName, Stat]) => {
      const Metric = { Namespace: 'AWS/Lambda', MetricName, Dimensions: [{ Name: 'FunctionName', Value: name }] }
      return { Id: `${word}_${index}`, MetricStat: { Metric, Period, Stat } }
    }),
  )
  // Times are cut to whole periods by the platform too: a period counts as a whole.
  const StartTime = new Date(Math.floor(query.since / (Period * 1000)) * Period * 1000)
  const input = { MetricDataQueries, StartTime, EndTime: new Date(query.until) }
  const found = await api.list(
    { service: 'cloudwatch', action: 'GetMetricData', input, about: 'metrics' },
    { items: 'MetricDataResults', next: 'NextToken', ask: 'NextToken' },
    call,
  )
  return functions.map(({ fn }, index) => measured(fn, (word) => valuesOf(found, `${word}_${index}`)))
}

function measured(fn: string, values: (word: Word) => readonly number[]): FunctionMetrics {
  const sum = (word: Word): number => values(word).reduce((total, value) => total + value, 0)
  const count = sum('measured')
  return {
    function: fn,
    calls: sum('calls'),
    errors: sum('errors'),
    throttles: sum('throttles'),
    ...(count > 0 && { averageMs: sum('time') / count, maxMs: Math.max(...values('longest')) }),
  }
}

// One metric's values may come in several pages.
function valuesOf(found: readonly Tree[], id: string): readonly number[] {
  return found.filter(({ Id }) => Id === id).flatMap(({ Values }) => (Values ?? []) as number[])
}

// What is older is kept in longer periods only: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Period
function periodSec({ since }: MetricsQuery): number {
  const ageDays = (Date.now() - since) / 86_400_000
  return ageDays > 63 ? 3600 : ageDays > 15 ? 300 : 60
}
