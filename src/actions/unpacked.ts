import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fn } from '@anyfaas/kit'
import { unpack } from '../local/platform/services/unpack.ts'
import type { ActionIo } from './io.ts'
import { packFor } from './package.ts'
import type { Platform, Project, ProjectOptions } from './project.ts'

export interface Unpacked {
  readonly project: Project
  readonly platform: Platform
  readonly fn: Fn
  readonly options: ProjectOptions
  readonly io: ActionIo
}

/**
 * Packs a function, unpacks the artifact into a folder of its own and works there: a command finds what it would find
 * on a platform. The folder goes afterwards.
 */
export async function unpackedFor<T>(wanted: Unpacked, work: (folder: string) => Promise<T>): Promise<T> {
  const { project, platform, fn, options, io } = wanted
  const parent = join(project.dir, '.sls', 'run')
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, `${fn.name}-`))
  try {
    const { artifacts } = await packFor(project, platform, { ...options, out: folder, only: [fn.name] }, io)
    const artifact = artifacts.find(({ handlers }) => Object.hasOwn(handlers, fn.name))
    if (!artifact) throw new Error(`no artifact holds ${fn.name}`)
    const code = join(folder, 'code')
    await unpack(artifact.path, code)
    return await work(code)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
