import type { Call, FunctionMetrics, MetricsQuery, Tree } from '@anyfaas/kit'
import type { OurFunction, OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'

/**
 * How often functions were called and failed, and how long they took, by the monitoring service. It tells averages of
 * periods, so the longest time is that of the slowest period.
 */
export async function readMetrics(
  site: Site,
  ours: OurFunctions,
  query: MetricsQuery,
  call: Call,
): Promise<readonly FunctionMetrics[]> {
  const wanted = new Set(query.functions)
  const functions = (await ours.list(call)).filter(({ fn }) => wanted.size === 0 || wanted.has(fn))
  const groups = Array.from({ length: Math.ceil(functions.length / GROUP) }, (_, index) =>
    functions.slice(index * GROUP, (index + 1) * GROUP),
  )
  const found = await Promise.all(
    groups.map(async (group) => {
      const ask = METRICS.map(async (name) => await readMetric(site, group, { name, query }, call))
      const [calls, errors, throttles, times] = await Promise.all(ask)
      return group.map(({ fn }, index) =>
        measured(
          fn,
          [calls, errors, throttles, times].map((all) => all?.[index] ?? new Map()),
        ),
      )
    }),
  )
  return found.flat()
}

// https://cloud.tencent.com/document/product/248/45130
const METRICS = ['Invocation', 'Error', 'Throttle', 'Duration'] as const

// https://cloud.tencent.com/document/product/248/31014: 10 instances a request
const GROUP = 10

/** Second -> value. */
type Series = ReadonlyMap<number, number>

interface Asked {
  readonly name: (typeof METRICS)[number]
  readonly query: MetricsQuery
}

async function readMetric(
  { client }: Site,
  group: readonly OurFunction[],
  { name: MetricName, query: { since, until } }: Asked,
  call: Call,
): Promise<readonly Series[]> {
  const Instances = group.map(({ name, namespace }) => ({
    Dimensions: [
      { Name: 'functionName', Value: name },
      { Name: 'namespace', Value: namespace },
    ],
  }))
  const params = {
    Namespace: 'QCE/SCF_V2',
    MetricName,
    Instances,
    Period: periodSec(until - since),
    StartTime: new Date(since).toISOString(),
    EndTime: new Date(until).toISOString(),
  }
  const { DataPoints } = await client.call({ action: 'GetMonitorData', params, about: 'metrics' }, call, 'monitor')
  return Instances.map(({ Dimensions }) => seriesOf((DataPoints ?? []) as Tree[], Dimensions))
}

function seriesOf(
  points: readonly Tree[],
  asked: readonly { readonly Name: string; readonly Value: string }[],
): Series {
  const own = points.find(({ Dimensions }) =>
    asked.every(({ Name, Value }) =>
      (Dimensions as Tree[]).some((one) => one['Name'] === Name && one['Value'] === Value),
    ),
  )
  const { Timestamps = [], Values = [] } = (own ?? {}) as { Timestamps?: number[]; Values?: number[] }
  return new Map(Timestamps.map((time, index) => [time, Values[index] ?? 0]))
}

function measured(fn: string, [calls, errors, throttles, times]: readonly Series[]): FunctionMetrics {
  const sum = (series: Series | undefined): number => [...(series?.values() ?? [])].reduce((all, one) => all + one, 0)
  // An average of a period counts as often as there were calls in it.
  const busy = [...(times ?? [])].filter(([time]) => (calls?.get(time) ?? 0) > 0)
  const count = busy.reduce((all, [time]) => all + (calls?.get(time) ?? 0), 0)
  const totalMs = busy.reduce((all, [time, ms]) => all + ms * (calls?.get(time) ?? 0), 0)
  return {
    function: fn,
    calls: sum(calls),
    errors: sum(errors),
    throttles: sum(throttles),
    ...(count > 0 && { averageMs: totalMs / count, maxMs: Math.max(...busy.map(([, ms]) => ms)) }),
  }
}

// One answer has 1440 points at most.
function periodSec(rangeMs: number): number {
  return rangeMs <= 1440 * 60_000 ? 60 : rangeMs <= 1440 * 300_000 ? 300 : 3600
}
