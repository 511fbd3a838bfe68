import { planRemoval } from '../engine/plan.ts'
import { perform } from './apply.ts'
import { listLive, withConnection } from './connection.ts'
import { onEach } from './each.ts'
import type { ActionIo } from './io.ts'
import { choosePlatforms, openProject, type ProjectOptions } from './project.ts'

export type RemoveOptions = ProjectOptions

export interface RemoveResult {
  readonly removals: readonly { readonly platform: string; readonly removed: readonly string[] }[]
}

/** Takes a service off its platforms: everything that bears its mark, nothing else. Already gone is success. */
export async function remove(options: RemoveOptions, io: ActionIo): Promise<RemoveResult> {
  const project = await openProject(options, io)
  const { name: service, stage } = project.service
  const platforms = await choosePlatforms(project, options, io)
  const removals = await onEach(platforms, io, async (platform, own) => {
    const removed = await withConnection(project, platform, {}, own, async (connection) => {
      const plan = planRemoval({ service, stage, provider: platform.label, live: await listLive(connection, [], own) })
      const outcome = await perform(plan, { project, connection, io: own })
      return outcome.done.map((step) => step.id)
    })
    return { platform: platform.label, removed }
  })
  return { removals }
}
