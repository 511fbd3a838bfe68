import { type Connection, changes, type Plan, SlsError } from '@anyfaas/kit'
import { applyPlan, type Outcome } from '../engine/apply.ts'
import { foreign } from '../engine/step.ts'
import { callOf, driversOf } from './connection.ts'
import type { ActionIo } from './io.ts'
import { failedSteps } from './outcome.ts'
import type { Project } from './project.ts'

export interface ApplyWishes {
  /** Takes over what bears no mark of ours. */
  readonly adopt?: boolean
}

interface Wishes extends ApplyWishes {
  /** Done before the first step, when there is one and nobody else's thing is in the way. */
  readonly before?: () => Promise<void>
}

/**
 * Does a plan, and throws unless all of it was done: SLS5001 and SLS5002 with what is done and what is not, SLS5003
 * before anything is touched when somebody else's thing is in the way, SLS5004 when another deploy is running.
 */
export async function perform(
  plan: Plan,
  { project, connection, io }: { project: Project; connection: Connection; io: ActionIo },
  { adopt = false, before }: Wishes = {},
): Promise<Outcome> {
  const strangers = adopt ? [] : plan.steps.filter((step) => step.isForeign)
  if (strangers.length > 0) {
    const diagnostics = strangers.map((step) => project.locate(foreign(step.desired ?? step)))
    throw new SlsError(diagnostics, { sources: project.sources })
  }
  if (changes(plan).length === 0) return { done: plan.steps, failed: [], skipped: [] }
  const release = await connection.lock?.(callOf(io))
  try {
    await before?.()
    const width = connection.width
    const outcome = await applyPlan(plan, {
      drivers: driversOf(connection),
      tell: io.tell,
      signal: io.signal,
      ...(width !== undefined && { width }),
    })
    if (outcome.failed.length > 0 || outcome.skipped.length > 0) throw failedSteps(outcome, project, io.signal)
    return outcome
  } finally {
    await release?.()
  }
}
