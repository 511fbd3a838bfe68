import { join } from 'node:path'
import { type Connection, error, type Plan, type Resource, type Service, SlsError, suggest } from '@anyfaas/kit'
import { type Choice, planSteps } from '../engine/plan.ts'
import { type AddressOptions, refuseAddress } from './address.ts'
import { beginning, driversOf, listLive, withConnection } from './connection.ts'
import { onEach } from './each.ts'
import type { ActionIo } from './io.ts'
import { lackingSecrets } from './lacking-secrets.ts'
import { type PackageActionOptions, packFor } from './package.ts'
import { choosePlatforms, openProject, type Platform, type Project, type ProjectOptions, settle } from './project.ts'
import { translateFor } from './translate.ts'

export type PlanOptions = ProjectOptions & Choice

/** The options of a deploy that is only planned. Its address is refused where the deploy refuses it, and asked of no platform. */
export type DryRunOptions = PlanOptions & AddressOptions

export interface PlanResult {
  readonly plans: readonly PlatformPlan[]
}

export interface PlatformPlan {
  readonly platform: string
  readonly plan: Plan
}

/** What a deploy would do, and why. Artifacts are made, for their digests; nothing is sent. */
export async function plan(options: DryRunOptions, io: ActionIo): Promise<PlanResult> {
  const project = await openProject(options, io)
  const platforms = await choosePlatforms(project, options, io)
  refuseAddress(platforms, options)
  const plans = await onEach(platforms, io, async (platform, own) => {
    const made = await beginning(project, platform, own, async (begun) => {
      const prepared = await prepare(project, platform, options, own)
      return await withConnection(project, platform, { ...prepared, begun }, own, (connection) =>
        planFor({ platform, connection, io: own }, prepared.resources, options),
      )
    })
    // Who reviews a plan need not have the values; a deploy refuses.
    settle(project, lackingSecrets(made, project, own, 'warning'), options, own)
    return { platform: platform.label, plan: made }
  })
  return { plans }
}

/** Packages and translates for one platform. Images are sent to their registry when `push` says so, and at once unless `later` takes it. */
export async function prepare(
  project: Project,
  platform: Platform,
  options: ProjectOptions & Pick<PackageActionOptions, 'push' | 'later'>,
  io: ActionIo,
): Promise<Prepared> {
  const { artifacts } = await packFor(
    project,
    platform,
    { ...options, out: join(project.dir, '.sls'), digestsOnly: true },
    io,
  )
  const { resources, diagnostics } = await translateFor(platform, { artifacts })
  settle(project, diagnostics, options, io)
  return { artifacts, resources }
}

export interface Prepared {
  readonly artifacts: Awaited<ReturnType<typeof packFor>>['artifacts']
  readonly resources: readonly Resource[]
}

/** What a plan is made for. */
export interface Site {
  readonly platform: Platform
  readonly connection: Connection
  readonly io: ActionIo
}

/** The difference between what is wanted and what is there. Throws SLS0002 for a choice of functions that do not exist. */
export async function planFor(
  { platform, connection, io }: Site,
  resources: readonly Resource[],
  { only, part }: Choice,
): Promise<Plan> {
  for (const name of only ?? []) expectFunction(name, platform.service)
  const desired = connection.expand?.(resources) ?? resources
  const { name: service, stage } = platform.service
  const live = await listLive(connection, desired, io)
  const choice = { ...(only && { only }), ...(part && { part }) }
  return planSteps({ service, stage, provider: platform.label, desired, live, drivers: driversOf(connection), choice })
}

function expectFunction(name: string, { functions }: Service): void {
  const names = functions.map((fn) => fn.name)
  if (names.includes(name)) return
  const near = suggest(name, names)
  const help = [near ? `did you mean "${near}"?` : `there are ${names.join(', ')}`]
  throw new SlsError(error('SLS0002', `no function "${name}" is deployed`, { help }))
}
