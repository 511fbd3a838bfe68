import type { Action, Deployment, Plan } from '@anyfaas/kit'
import { applyPlan } from '../engine/apply.ts'
import { callOf, driversOf, withConnection } from './connection.ts'
import type { ActionIo } from './io.ts'
import { failedSteps } from './outcome.ts'
import { planFor, prepare } from './plan.ts'
import { choosePlatforms, openProject, type Platform, type Project, type ProjectOptions } from './project.ts'
import { type Probe, probe } from './smoke.ts'

export interface DeployOptions extends ProjectOptions {
  /** The port that the service shall answer on, where the platform lets one choose. */
  readonly port?: number
  /** A path to ask for afterwards; the deploy fails unless it answers below 500. */
  readonly smoke?: string
}

export interface DeployResult {
  readonly deployments: readonly DeployedPlatform[]
}

export interface DeployedPlatform {
  readonly platform: string
  readonly title: string
  /** How many steps of each kind were done; empty when nothing changed. */
  readonly counts: Readonly<Partial<Record<Action, number>>>
  readonly durationMs: number
  readonly deployment: Deployment
  readonly probe?: Probe
}

/** Brings a service onto its platforms: package, translate, plan, apply. Several platforms are independent of each other. */
export async function deploy(options: DeployOptions, io: ActionIo): Promise<DeployResult> {
  const project = await openProject(options, io)
  const platforms = await choosePlatforms(project, options, io)
  const deployments: DeployedPlatform[] = []
  for (const platform of platforms) deployments.push(await deployTo(project, platform, options, io))
  return { deployments }
}

async function deployTo(
  project: Project,
  platform: Platform,
  options: DeployOptions,
  io: ActionIo,
): Promise<DeployedPlatform> {
  const began = performance.now()
  const prepared = await prepare(project, platform, options, io)
  const settings = { ...prepared, ...(options.port !== undefined && { port: options.port }) }
  return await withConnection(project, platform, settings, io, async (connection) => {
    const plan = await planFor(project, platform, prepared.resources, connection, io)
    const outcome = await applyPlan(plan, { drivers: driversOf(connection), tell: io.tell, signal: io.signal })
    if (outcome.failed.length > 0 || outcome.skipped.length > 0) throw failedSteps(outcome, project, io.signal)
    const deployment = (await connection.info(callOf(io))) ?? { platform: platform.target.title, functions: [] }
    const probed = options.smoke === undefined ? undefined : await probe(deployment, options.smoke, io)
    return {
      platform: platform.label,
      title: platform.target.title,
      counts: countOf(plan),
      durationMs: performance.now() - began,
      deployment,
      ...(probed && { probe: probed }),
    }
  })
}

function countOf(plan: Plan): Partial<Record<Action, number>> {
  const counts: Partial<Record<Action, number>> = {}
  for (const { action } of plan.steps) if (action !== 'keep') counts[action] = (counts[action] ?? 0) + 1
  return counts
}
