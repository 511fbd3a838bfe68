import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { unpack } from '../../local/platform/services/unpack.ts'
import { packFor } from '../package.ts'
import type { Making } from './making.ts'

/** The code of a server of any language, packed and unpacked as for a platform. */
export class ServerCode {
  readonly #folders: string[] = []

  reads(path: string): boolean {
    return SOURCES.has(extname(path))
  }

  /** Absolute path of a new folder with the artifact's files. */
  async build({ project, platform, fn, io }: Making): Promise<string> {
    const parent = join(project.dir, '.sls', 'dev', 'code')
    await mkdir(parent, { recursive: true })
    const folder = await mkdtemp(join(parent, `${fn.name}-`))
    const quiet = { ...io, tell: () => undefined }
    const { artifacts } = await packFor(project, platform, { dir: project.dir, out: folder, only: [fn.name] }, quiet)
    const artifact = artifacts.find(({ handlers }) => Object.hasOwn(handlers, fn.name))
    if (!artifact) throw new Error(`no artifact holds ${fn.name}`)
    await unpack(artifact.path, join(folder, 'code'))
    await rm(artifact.path)
    this.#folders.push(folder)
    // The version before may still be at work in its own.
    if (this.#folders.length > KEPT) await remove(this.#folders.shift())
    return join(folder, 'code')
  }

  async close(): Promise<void> {
    await Promise.all(this.#folders.splice(0).map(remove))
  }
}

const KEPT = 3

// What a server writes itself, such as data and logs, starts no new version.
const SOURCES: ReadonlySet<string> = new Set(
  '.js .cjs .mjs .jsx .ts .cts .mts .tsx .go .mod .py .rb .php .rs .sh'.split(' ').concat(''),
)

async function remove(folder: string | undefined): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
}
