import type { Call, FunctionMetrics, MetricsQuery, Tree } from '@anyfaas/kit'
import type { Monitor } from '../account/monitor.ts'

/** How a metric's dimensions name a function. */
export interface Measured {
  readonly fn: string
  readonly dimensions: Readonly<Record<string, string>>
}

/** How often functions were called and failed, by the minute sums of the monitoring service. */
export async function readMetrics(
  measured: readonly Measured[],
  { since, until }: MetricsQuery,
  monitor: Monitor,
  call: Call,
): Promise<readonly FunctionMetrics[]> {
  const read = async ({ fn, dimensions }: Measured): Promise<FunctionMetrics> => {
    const points = async (metric: string): Promise<readonly Tree[]> =>
      await monitor.points({ metric, dimensions, since, until, about: `metrics of ${fn}` }, call)
    const [calls, errors, concurrency, resources, average, slowest] = await Promise.all([
      points('FunctionTotalInvocations'),
      points('FunctionFunctionErrors'),
      points('FunctionConcurrencyThrottles'),
      points('FunctionResourceThrottles'),
      points('FunctionAvgDuration'),
      points('FunctionMaxDuration'),
    ])
    return {
      function: fn,
      calls: sum(calls),
      errors: sum(errors),
      throttles: sum(concurrency) + sum(resources),
      ...durations(calls, average, slowest),
    }
  }
  return await Promise.all(measured.map(read))
}

function sum(points: readonly Tree[]): number {
  return points.reduce((all, { Value, Sum }) => all + Number(Value ?? Sum ?? 0), 0)
}

// A minute's average counts as often as there were calls in that minute.
function durations(
  calls: readonly Tree[],
  averages: readonly Tree[],
  slowest: readonly Tree[],
): Pick<FunctionMetrics, 'averageMs' | 'maxMs'> {
  const weights = new Map(calls.map((point) => [point['timestamp'], sum([point])]))
  const weighted = averages.map((point) => ({ weight: weights.get(point['timestamp']) ?? 0, value: numberIn(point) }))
  const weight = weighted.reduce((all, one) => all + one.weight, 0)
  const total = weighted.reduce((all, one) => all + one.weight * one.value, 0)
  return {
    ...(weight > 0 && { averageMs: total / weight }),
    ...(slowest.length > 0 && { maxMs: Math.max(...slowest.map(numberIn)) }),
  }
}

function numberIn({ Value, Average, Maximum }: Tree): number {
  return Number(Value ?? Average ?? Maximum ?? 0)
}
