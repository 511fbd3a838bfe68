import { applyPlan } from '../engine/apply.ts'
import { planRemoval } from '../engine/plan.ts'
import { driversOf, listLive, withConnection } from './connection.ts'
import type { ActionIo } from './io.ts'
import { failedSteps } from './outcome.ts'
import { choosePlatforms, openProject, type ProjectOptions } from './project.ts'

export type RemoveOptions = ProjectOptions

export interface RemoveResult {
  readonly removals: readonly { readonly platform: string; readonly removed: readonly string[] }[]
}

/** Takes a service off its platforms: everything that bears its mark, nothing else. Already gone is success. */
export async function remove(options: RemoveOptions, io: ActionIo): Promise<RemoveResult> {
  const project = await openProject(options, io)
  const { name: service, stage } = project.service
  const removals: { platform: string; removed: readonly string[] }[] = []
  for (const platform of await choosePlatforms(project, options, io)) {
    const removed = await withConnection(project, platform, {}, io, async (connection) => {
      const plan = planRemoval({ service, stage, provider: platform.label, live: await listLive(connection, io) })
      const outcome = await applyPlan(plan, { drivers: driversOf(connection), tell: io.tell, signal: io.signal })
      if (outcome.failed.length > 0 || outcome.skipped.length > 0) throw failedSteps(outcome, project, io.signal)
      return outcome.done.map((step) => step.id)
    })
    removals.push({ platform: platform.label, removed })
  }
  return { removals }
}
