import { refused, type Tree } from './functions.ts'

/** What a function did in a minute. */
export interface Minute {
  /** Seconds since 1970. */
  readonly time: number
  readonly name: string
  readonly figures: Readonly<Record<'Invocation' | 'Error' | 'Throttle' | 'Duration', number>>
}

/** GetMonitorData for functions. https://cloud.tencent.com/document/product/248/31014 */
export function monitorData(params: Tree, minutes: readonly Minute[]): Tree {
  const { Namespace, MetricName, Period, StartTime, EndTime } = params
  const instances = params['Instances'] as { Dimensions: { Name: string; Value: string }[] }[]
  const [from, to] = [Date.parse(String(StartTime)) / 1000, Date.parse(String(EndTime)) / 1000]
  if (Namespace !== 'QCE/SCF_V2' || !METRICS.has(String(MetricName))) throw refused('InvalidParameterValue')
  if (instances.length === 0 || instances.length > 10) throw refused('InvalidParameter', 'instances')
  if (!(to > from) || (to - from) / Number(Period) > 1440) throw refused('InvalidParameterValue', 'too many points')
  const DataPoints = instances.map(({ Dimensions }) => {
    const name = Dimensions.find(({ Name }) => Name === 'functionName')?.Value
    const own = minutes.filter((one) => one.name === name && one.time >= from && one.time <= to)
    const values = own.map(({ figures }) => figures[MetricName as keyof Minute['figures']])
    return { Dimensions, Timestamps: own.map(({ time }) => time), Values: values }
  })
  return { Period, MetricName, DataPoints, StartTime, EndTime }
}

const METRICS = new Set(['Invocation', 'Error', 'Throttle', 'Duration', 'Syserr', 'Mem'])
