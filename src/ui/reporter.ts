import { createJsonReporter, type Json } from './json-reporter.ts'
import type { Screen } from './output.ts'
import { createMovingProgress, createPlainProgress } from './progress.ts'
import type { Reporter } from './report.ts'
import type { Environment } from './style.ts'
import { createTextReporter } from './text-reporter.ts'

export interface ReporterOptions {
  readonly out: Screen
  readonly err: Screen
  readonly env: Environment
  readonly cwd: string
  readonly json?: Json
  /** Log lines are the result of some commands, and on the side for others. */
  readonly logs?: 'result' | 'side'
}

/** Picks the way to report: data when asked for, else moving on a terminal and plain lines anywhere else. */
export function createReporter(options: ReporterOptions): Reporter {
  const { out, err, env, cwd, json } = options
  if (json) return createJsonReporter(out.output, json)
  const moves = err.output.isTerminal && !env['CI'] && env['TERM'] !== 'dumb'
  return createTextReporter({
    out,
    err,
    progress: (moves ? createMovingProgress : createPlainProgress)(err.output, err.style),
    logs: options.logs ?? 'side',
    cwd,
    ...(env['GITHUB_ACTIONS'] === 'true' && { annotate: env['GITHUB_WORKSPACE'] ?? cwd }),
  })
}
