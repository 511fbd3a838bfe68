import type { AsyncCounts } from '../../api.ts'
import { BUCKETS_SEC } from '../meter/meter.ts'
import type { PlatformHost } from '../services/platform-host.ts'

type Labels = Readonly<Record<string, string>>

/** What Prometheus reads, in the names of the OpenFaaS gateway: https://docs.openfaas.com/architecture/metrics/ */
export async function metricsOf(platform: PlatformHost): Promise<string> {
  const text = new Exposition()
  for (const host of platform.services) {
    for (const deployed of host.functions) {
      const labels = { function_name: `${deployed.name}.${host.name}.${host.stage}` }
      const { started, byStatus, byClass, buckets, seconds } = deployed.meter.counts
      text.add('gateway_function_invocation_started', labels, started)
      for (const [code, count] of Object.entries(byStatus))
        text.add('gateway_function_invocation_total', { ...labels, code }, count)
      for (const [name, count] of Object.entries(byClass))
        text.add('anyfaas_function_failures_total', { ...labels, class: name }, count)
      text.addDurations('gateway_functions_seconds', labels, { buckets, seconds })
      const { instances, waiting } = deployed.view()
      text.add('gateway_service_count', labels, instances.length)
      text.add('anyfaas_function_waiting', labels, waiting)
    }
  }
  for (const [state, count] of Object.entries((await platform.async.counts()) satisfies AsyncCounts)) {
    text.add(
      state === 'done' ? 'anyfaas_async_done_total' : 'anyfaas_async_calls',
      state === 'done' ? {} : { state },
      count,
    )
  }
  return text.toString()
}

const FAMILIES = {
  gateway_function_invocation_started: ['counter', 'Calls that began.'],
  gateway_function_invocation_total: ['counter', 'Calls that ended, by status.'],
  gateway_functions_seconds: ['histogram', 'How long calls took.'],
  gateway_service_count: ['gauge', 'Processes of a function.'],
  anyfaas_function_failures_total: [
    'counter',
    'Calls that the platform answered in the place of the function, by class.',
  ],
  anyfaas_function_waiting: ['gauge', 'Calls that wait for a process.'],
  anyfaas_async_calls: ['gauge', 'Asynchronous calls that are not finished, by state.'],
  anyfaas_async_done_total: ['counter', 'Asynchronous calls that are finished.'],
} as const

type Family = keyof typeof FAMILIES

// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format: the lines of a family stand together.
class Exposition {
  readonly #lines = new Map<Family, string[]>()

  add(family: Family, labels: Labels, value: number, suffix = ''): void {
    const lines = this.#lines.get(family) ?? []
    this.#lines.set(family, lines)
    const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escapeLabel(text)}"`)
    lines.push(`${family}${suffix}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`)
  }

  addDurations(
    family: Family,
    labels: Labels,
    { buckets, seconds }: { buckets: readonly number[]; seconds: number },
  ): void {
    for (const [index, count] of buckets.entries()) {
      this.add(family, { ...labels, le: String(BUCKETS_SEC[index] ?? '+Inf') }, count, '_bucket')
    }
    this.add(family, labels, seconds, '_sum')
    this.add(family, labels, buckets.at(-1) ?? 0, '_count')
  }

  toString(): string {
    const parts = [...this.#lines].map(([family, lines]) => {
      const [type, help] = FAMILIES[family]
      return [`# HELP ${family} ${help}`, `# TYPE ${family} ${type}`, ...lines].join('\n')
    })
    return `${parts.join('\n')}\n`
  }
}

function escapeLabel(text: string): string {
  return text.replace(/["\\\n]/g, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`))
}
