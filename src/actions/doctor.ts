import { type Examination, type Finding, isSlsError, isUnreached, type SlsError, unreachedFinding } from '@anyfaas/kit'
import { askedOf, callOf, withConnection } from './connection.ts'
import { onEach } from './each.ts'
import type { ActionIo } from './io.ts'
import { choosePlatforms, openProject, type Platform, type Project, type ProjectOptions } from './project.ts'

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
    const examination = await examine(project, platform, own)
    return { platform: platform.label, title: platform.target.title, examination }
  })
  return { platforms }
}

async function examine(project: Project, platform: Platform, io: ActionIo): Promise<Examination> {
  try {
    return await withConnection(project, platform, { isExamined: true }, io, async ({ operations }) =>
      operations?.doctor ? await operations.doctor(callOf(io)) : { findings: [] },
    )
  } catch (cause) {
    const why = whyNot(cause)
    if (why.length === 0) throw cause
    // Who comes to no connection needs to hear most.
    const connector = await platform.target.connect?.()
    const rest = await connector?.beforehand?.(askedOf(project, platform, {}, io), callOf(io))
    return { ...rest, findings: [...why, ...(rest?.findings ?? [])] }
  }
}

function whyNot(cause: unknown): readonly Finding[] {
  if (!isSlsError(cause)) return []
  const unreached = [cause, cause.cause].find(isUnreached)
  return [
    ...(cause.diagnostics.some(({ code }) => code === 'SLS5006') ? [credentialsFinding(cause)] : []),
    ...(unreached ? [unreachedFinding('account', unreached)] : []),
  ]
}

function credentialsFinding({ diagnostics, message }: SlsError): Finding {
  const lack = diagnostics.find(({ code }) => code === 'SLS5006')
  const found = [lack?.message ?? message, ...(lack?.notes ?? []).map((note) => note.message)].join('; ')
  return { what: 'credentials', state: 'bad', found, ...(lack?.help?.[0] !== undefined && { help: lack.help[0] }) }
}
