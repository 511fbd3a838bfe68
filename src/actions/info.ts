import type { Deployment } from '@anyfaas/kit'
import { callOf, withConnection } from './connection.ts'
import type { ActionIo } from './io.ts'
import { choosePlatforms, openProject, type ProjectOptions } from './project.ts'

export type InfoOptions = ProjectOptions

export interface InfoResult {
  readonly service: string
  readonly stage: string
  readonly platforms: readonly { readonly platform: string; readonly title: string; readonly deployment?: Deployment }[]
}

/** What of a service is deployed, and where it answers. A platform without it has no `deployment`. */
export async function info(options: InfoOptions, io: ActionIo): Promise<InfoResult> {
  const project = await openProject(options, io)
  const platforms = await choosePlatforms(project, options, io)
  const found = platforms.map(async (platform) => {
    const deployment = await withConnection(project, platform, {}, io, (connection) => connection.info(callOf(io)))
    return { platform: platform.label, title: platform.target.title, ...(deployment && { deployment }) }
  })
  return { service: project.service.name, stage: project.service.stage, platforms: await Promise.all(found) }
}
