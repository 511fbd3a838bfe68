import type { Examination } from '@anyfaas/kit'
import { callOf, withConnection } from './connection.ts'
import { onEach } from './each.ts'
import type { ActionIo } from './io.ts'
import { choosePlatforms, openProject, type ProjectOptions } from './project.ts'

export interface DoctorResult {
  readonly platforms: readonly {
    readonly platform: string
    readonly title: string
    readonly examination: Examination
  }[]
}

/** What a deploy will find: credentials and whose they are, the region, the clock, and the rights that it needs. */
export async function doctor(options: ProjectOptions, io: ActionIo): Promise<DoctorResult> {
  const project = await openProject(options, io)
  const platforms = await onEach(await choosePlatforms(project, options, io), io, async (platform, own) => {
    const examination = await withConnection(project, platform, {}, own, async ({ operations }) =>
      operations?.doctor ? await operations.doctor(callOf(own)) : { findings: [] },
    )
    return { platform: platform.label, title: platform.target.title, examination }
  })
  return { platforms }
}
