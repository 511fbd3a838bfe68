import type { FunctionMetrics } from '@anyfaas/kit'
import type { ActionIo } from './io.ts'
import { parseSince } from './logs.ts'
import { deployedNames, operate } from './operate.ts'
import type { ProjectOptions } from './project.ts'

export interface MetricsOptions extends ProjectOptions {
  readonly functions?: readonly string[]
  /** A time, or an age such as `1h`, which is the default. */
  readonly since?: string
}

export interface MetricsResult {
  /** Milliseconds since 1970, UTC. */
  readonly since: number
  readonly until: number
  readonly functions: readonly FunctionMetrics[]
}

/** How often deployed functions were called, failed and were throttled, and how long they took. */
export async function metrics(options: MetricsOptions, io: ActionIo): Promise<MetricsResult> {
  const until = Date.now()
  const since = parseSince(options.since ?? '1h', until)
  return await operate(['metrics'], options, io, async ({ platform, operations, call }) => {
    const functions = deployedNames(platform, options.functions)
    return { since, until, functions: await operations.metrics({ functions, since, until }, call) }
  })
}
