import { type Diagnostic, error, isSlsError, SlsError } from '@anyfaas/kit'
import type { Outcome } from '../engine/apply.ts'
import type { Project } from './project.ts'

/** What to say when a run ended with steps undone: what failed and why, what is done, what is not, and what to run. */
export function failedSteps(outcome: Outcome, project: Project, signal: AbortSignal): SlsError {
  const done = outcome.done.filter((step) => step.action !== 'keep').map((step) => step.id)
  const notes = [
    { message: done.length > 0 ? `done: ${done.join(', ')}` : 'nothing was changed' },
    ...(outcome.skipped.length > 0
      ? [{ message: `not begun: ${outcome.skipped.map((step) => step.id).join(', ')}` }]
      : []),
  ]
  const help = ['run the same command again: it goes on where this one stopped']
  const found = outcome.failed.flatMap(({ step, error: cause }) => describe(step.id, cause))
  const last = signal.aborted
    ? error('SLS5002', 'interrupted', { notes, help })
    : error(
        'SLS5001',
        `${outcome.failed.length} of ${outcome.failed.length + outcome.skipped.length + done.length} steps failed`,
        { notes, help },
      )
  return new SlsError([...found, last].map(project.locate), {
    cause: outcome.failed[0]?.error,
    sources: project.sources,
  })
}

function describe(id: string, cause: unknown): readonly Diagnostic[] {
  if (isSlsError(cause)) return cause.diagnostics
  return [error('SLS5001', `${id}: ${cause instanceof Error ? cause.message : String(cause)}`)]
}
