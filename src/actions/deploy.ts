import { type Action, type Alias, type Begun, changes, type Deployment, type Plan } from '@anyfaas/kit'
import type { Choice } from '../engine/plan.ts'
import { type AddressOptions, addressFor, refuseAddress } from './address.ts'
import { type ApplyWishes, perform } from './apply.ts'
import { beginCanary, type CanaryWishes, canaryOperations, passersBy, USUAL_ALIAS } from './canary.ts'
import { beginning, callOf, withConnection } from './connection.ts'
import { onEach } from './each.ts'
import type { ActionIo } from './io.ts'
import { lackingSecrets } from './lacking-secrets.ts'
import { deployedNames } from './operate.ts'
import { timed } from './phase.ts'
import { planFor, prepare, type Site } from './plan.ts'
import {
  choosePlatforms,
  located,
  openProject,
  type Platform,
  type Project,
  type ProjectOptions,
  settle,
} from './project.ts'
import { type Probe, probe } from './smoke.ts'

export interface DeployOptions extends ProjectOptions, AddressOptions, Choice, ApplyWishes, CanaryWishes {
  /** A path to ask for afterwards; the deploy fails unless it answers below 500. */
  readonly smoke?: string
  /** Asked with each plan that changes something, before it is done. Throws to stop it. */
  readonly confirm?: (plan: Plan) => Promise<void>
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
  /** Where the alias leads after a deploy with a canary. */
  readonly aliases?: readonly Alias[]
  readonly probe?: Probe
}

/** Brings a service onto its platforms: package, translate, plan, apply. Several platforms are independent of each other. */
export async function deploy(options: DeployOptions, io: ActionIo): Promise<DeployResult> {
  const project = await openProject(options, io)
  const platforms = await choosePlatforms(project, options, io)
  refuseAddress(platforms, options)
  return {
    deployments: await onEach(platforms, io, (platform, own) =>
      beginning(project, platform, own, (begun) => deployTo({ project, platform, begun }, options, own)),
    ),
  }
}

async function deployTo(
  { project, platform, begun }: { project: Project; platform: Platform; begun: Begun | undefined },
  options: DeployOptions,
  io: ActionIo,
): Promise<DeployedPlatform> {
  const began = performance.now()
  const pushes: (() => Promise<void>)[] = []
  const later = (push: () => Promise<void>): void => void pushes.push(push)
  const prepared = await prepare(project, platform, { ...options, push: true, later }, io)
  const { canary: share, alias = USUAL_ALIAS } = options
  const settings = {
    ...prepared,
    begun,
    ...addressFor(platform, options),
    ...(share !== undefined && { heldAlias: alias }),
  }
  return await withConnection(project, platform, settings, io, async (connection) => {
    const canary = canaryFor(project, { platform, connection, io }, options)
    const plan = await planFor({ platform, connection, io }, prepared.resources, options)
    settle(project, lackingSecrets(plan, project, io, 'error'), options, io)
    if (changes(plan).length > 0) await options.confirm?.(plan)
    // Who refuses the plan has sent nothing.
    const before = (): Promise<void> => sendImages(pushes, { project, platform, io })
    await perform(plan, { project, connection, io }, { ...options, before })
    const aliases = await canary?.()
    const deployment = (await connection.info(callOf(io))) ?? { platform: platform.target.title, functions: [] }
    const probed = options.smoke === undefined ? undefined : await probe(deployment, options.smoke, io)
    return {
      platform: platform.label,
      title: platform.target.title,
      counts: countOf(plan),
      durationMs: performance.now() - began,
      deployment,
      ...(aliases && { aliases }),
      ...(probed && { probe: probed }),
    }
  })
}

async function sendImages(
  pushes: readonly (() => Promise<void>)[],
  { project, platform, io }: { project: Project; platform: Platform; io: ActionIo },
): Promise<void> {
  if (pushes.length === 0) return
  await timed(io, `images to their registry for ${platform.label}`, () =>
    located(async () => {
      for (const push of pushes) await push()
    }, project.locate),
  )
}

// What a canary needs and what passes it by is said before anything is touched.
function canaryFor(
  project: Project,
  { platform, connection, io }: Site,
  options: DeployOptions,
): (() => Promise<readonly Alias[]>) | undefined {
  const { canary: share, alias = USUAL_ALIAS, only } = options
  if (share === undefined) return undefined
  canaryOperations(platform, connection)
  settle(project, passersBy(platform, only, alias), options, io)
  const functions = deployedNames(platform, only)
  // A connection knows what was there when it began, and the deploy has changed that.
  return () =>
    withConnection(project, platform, {}, io, async (now) =>
      beginCanary(canaryOperations(platform, now), functions, { share, alias }, io),
    )
}

function countOf(plan: Plan): Partial<Record<Action, number>> {
  const counts: Partial<Record<Action, number>> = {}
  for (const { action } of plan.steps) if (action !== 'keep') counts[action] = (counts[action] ?? 0) + 1
  return counts
}
