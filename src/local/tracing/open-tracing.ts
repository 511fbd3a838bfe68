import type { Tracing } from './tracer.ts'

/** By the variables that OpenTelemetry has for it; undefined, and nothing is loaded, when no endpoint is named. */
export async function openTracing(env: Readonly<Record<string, string | undefined>>): Promise<Tracing | undefined> {
  const isOff = env['OTEL_SDK_DISABLED'] === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none'
  const base = env['OTEL_EXPORTER_OTLP_ENDPOINT']
  const own = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']
  if (isOff || !(own || base)) return undefined
  const { OtlpTracing } = await import('./otlp.ts')
  const headers = env['OTEL_EXPORTER_OTLP_TRACES_HEADERS'] ?? env['OTEL_EXPORTER_OTLP_HEADERS'] ?? ''
  return new OtlpTracing(own || `${base?.replace(/\/+$/, '')}/v1/traces`, readHeaders(headers))
}

/** The variables of it in an environment. */
export function tracingVariables(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (pair): pair is [string, string] => pair[0].startsWith('OTEL_') && pair[1] !== undefined,
    ),
  )
}

// `name=value,name=value`, the values percent-encoded.
function readHeaders(text: string): Record<string, string> {
  const pairs = text.split(',').flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=')
    return at > 0 ? [[pair.slice(0, at).trim(), decode(pair.slice(at + 1).trim())]] : []
  })
  return Object.fromEntries(pairs)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
