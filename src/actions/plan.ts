import { join } from 'node:path'
import type { Connection, Plan, Resource } from '@anyfaas/kit'
import { planSteps } from '../engine/plan.ts'
import { driversOf, listLive, withConnection } from './connection.ts'
import type { ActionIo } from './io.ts'
import { packFor } from './package.ts'
import { choosePlatforms, openProject, type Platform, type Project, type ProjectOptions, settle } from './project.ts'
import { translateFor } from './translate.ts'

export type PlanOptions = ProjectOptions

export interface PlanResult {
  readonly plans: readonly PlatformPlan[]
}

export interface PlatformPlan {
  readonly platform: string
  readonly plan: Plan
}

/** What a deploy would do, and why. Artifacts are made, for their digests; nothing is sent. */
export async function plan(options: PlanOptions, io: ActionIo): Promise<PlanResult> {
  const project = await openProject(options, io)
  const platforms = await choosePlatforms(project, options, io)
  const plans: PlatformPlan[] = []
  for (const platform of platforms) {
    const prepared = await prepare(project, platform, options, io)
    const made = await withConnection(project, platform, prepared, io, (connection) =>
      planFor(project, platform, prepared.resources, connection, io),
    )
    plans.push({ platform: platform.label, plan: made })
  }
  return { plans }
}

/** Packages and translates for one platform. */
export async function prepare(
  project: Project,
  platform: Platform,
  options: ProjectOptions,
  io: ActionIo,
): Promise<Prepared> {
  const artifacts = await packFor(project, platform, { ...options, out: join(project.dir, '.sls') }, io)
  const { resources, diagnostics } = await translateFor(platform, artifacts)
  settle(project, diagnostics, options, io)
  return { artifacts, resources }
}

export interface Prepared {
  readonly artifacts: Awaited<ReturnType<typeof packFor>>
  readonly resources: readonly Resource[]
}

/** The difference between what is wanted and what is there. */
export async function planFor(
  project: Project,
  platform: Platform,
  desired: readonly Resource[],
  connection: Connection,
  io: ActionIo,
): Promise<Plan> {
  const { name: service, stage } = project.service
  const live = await listLive(connection, io)
  return planSteps({ service, stage, provider: platform.label, desired, live, drivers: driversOf(connection) })
}
